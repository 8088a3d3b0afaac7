package dev.tiphys.engine.trigger.git;

import dev.tiphys.contracts.definition.Definition;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.engine.trigger.ChangedPaths.PathsUnknown;
import dev.tiphys.platform.git.SshSessions;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.Secrets;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.api.TransportConfigCallback;
import org.eclipse.jgit.errors.UnsupportedCredentialItem;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/**
 * How to enter a repository: with its own ssh key, or its own user and password, which only its own server is told; never
 * with anything of the machine's user.
 */
final class RepositoryEntry implements TransportConfigCallback {
    private final @Nullable CredentialsProvider password;
    private final @Nullable String key;
    private final List<Path> knownHosts;
    private final Path emptyHome;

    private RepositoryEntry(
            @Nullable CredentialsProvider password, @Nullable String key, List<Path> knownHosts, Path emptyHome) {
        this.password = password;
        this.key = key;
        this.knownHosts = knownHosts;
        this.emptyHome = emptyHome;
    }

    /**
     * Finds the repository's secrets: {@code sshPrivateKey}, or {@code password} and {@code username}.
     *
     * @throws PathsUnknown if there are none of the kind that its address needs
     */
    static RepositoryEntry of(
            Definition.Repository repository, Secrets secrets, Optional<Path> knownHosts, Path emptyHome)
            throws PathsUnknown {
        List<Path> hosts = knownHosts.map(List::of).orElse(List.of());
        String name = repository.credentials();
        if (name == null) {
            return new RepositoryEntry(null, null, hosts, emptyHome);
        }
        Optional<Secret> key = secrets.find(new SecretRef(name, "sshPrivateKey"));
        if (key.isPresent()) {
            return new RepositoryEntry(null, key.get().text(), hosts, emptyHome);
        }
        URIish home = address(repository);
        Optional<Secret> password = secrets.find(new SecretRef(name, "password"));
        if (password.isEmpty()) {
            throw new PathsUnknown("secret " + name + " of repository " + repository.name()
                    + " has neither sshPrivateKey nor password: add one of them");
        }
        if (isSsh(home)) {
            throw new PathsUnknown("repository " + repository.name() + " is entered by ssh with a key: give secret "
                    + name + " an sshPrivateKey instead of username and password");
        }
        String user =
                secrets.find(new SecretRef(name, "username")).map(Secret::text).orElse("git");
        return new RepositoryEntry(new HomeOnly(home, user, password.get().text()), null, hosts, emptyHome);
    }

    private static URIish address(Definition.Repository repository) throws PathsUnknown {
        try {
            return new URIish(repository.url());
        } catch (URISyntaxException _) {
            // Its message repeats the address, perhaps with a password.
            throw new PathsUnknown("the url of repository " + repository.name() + " is no address");
        }
    }

    private static boolean isSsh(URIish address) {
        return "ssh".equals(address.getScheme()) || (address.getScheme() == null && address.getHost() != null);
    }

    @Nullable
    CredentialsProvider password() {
        return password;
    }

    @Override
    public void configure(Transport transport) {
        if (transport instanceof SshTransport ssh) {
            ssh.setSshSessionFactory(SshSessions.of(key, knownHosts, emptyHome));
        }
    }

    /** Does not follow a redirect to another server. */
    private static final class HomeOnly extends CredentialsProvider {
        private final URIish home;
        private final String user;
        private final String secret;

        HomeOnly(URIish home, String user, String secret) {
            this.home = home;
            this.user = user;
            this.secret = secret;
        }

        @Override
        public boolean isInteractive() {
            return false;
        }

        @Override
        public boolean supports(CredentialItem... items) {
            return List.of(items).stream()
                    .allMatch(
                            item -> item instanceof CredentialItem.Username || item instanceof CredentialItem.Password);
        }

        @Override
        public boolean get(URIish asking, CredentialItem... items) throws UnsupportedCredentialItem {
            if (!supports(items) || !isHome(asking)) {
                return false;
            }
            for (CredentialItem item : items) {
                if (item instanceof CredentialItem.Username name) {
                    name.setValue(user);
                } else if (item instanceof CredentialItem.Password word) {
                    word.setValueNoCopy(secret.toCharArray());
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
}
