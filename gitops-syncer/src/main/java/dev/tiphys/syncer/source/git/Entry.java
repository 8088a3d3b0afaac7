package dev.tiphys.syncer.source.git;

import dev.tiphys.syncer.source.RepositoryAccess.Credentials;
import org.eclipse.jgit.errors.UnsupportedCredentialItem;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.URIish;

/** Gives user and password to the repository's own host, and to no other that a redirect may lead to. */
final class Entry extends CredentialsProvider {
    private final URIish home;
    private final Credentials.Password password;

    Entry(URIish home, Credentials.Password password) {
        this.home = home;
        this.password = password;
    }

    @Override
    public boolean isInteractive() {
        return false;
    }

    @Override
    public boolean supports(CredentialItem... items) {
        for (CredentialItem item : items) {
            if (!(item instanceof CredentialItem.Username) && !(item instanceof CredentialItem.Password)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean get(URIish asking, CredentialItem... items) throws UnsupportedCredentialItem {
        if (!supports(items) || !isHome(asking)) {
            return false;
        }
        for (CredentialItem item : items) {
            if (item instanceof CredentialItem.Username user) {
                user.setValue(password.user());
            } else if (item instanceof CredentialItem.Password secret) {
                secret.setValueNoCopy(password.secret().toCharArray());
            }
        }
        return true;
    }

    private boolean isHome(URIish asking) {
        return asking.getHost() != null
                && asking.getHost().equalsIgnoreCase(home.getHost())
                && asking.getPort() == home.getPort();
    }
}
