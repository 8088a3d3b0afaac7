package dev.tiphys.syncer.app;

import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.GitUrl;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.Secrets;
import dev.tiphys.syncer.source.RepositoryAccess;
import dev.tiphys.syncer.source.RepositoryAccess.Credentials;
import dev.tiphys.syncer.sync.Accesses;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Enters a repository with the credentials of its definition. */
@Singleton
final class SecretAccesses implements Accesses {
    private final Definitions definitions;
    private final Secrets secrets;

    SecretAccesses(Definitions definitions, Secrets secrets) {
        this.definitions = definitions;
        this.secrets = secrets;
    }

    @Override
    public RepositoryAccess to(String url) {
        String normalised = GitUrl.normalised(url);
        Credentials credentials = definitions.current().ofKind(Repository.class).stream()
                .filter(repository -> GitUrl.normalised(repository.url()).equals(normalised))
                .findFirst()
                .map(Repository::credentials)
                .map(this::credentials)
                .orElse(null);
        return new RepositoryAccess(url, credentials);
    }

    private @Nullable Credentials credentials(String name) {
        Optional<Secret> key = secrets.find(new SecretRef(name, "sshPrivateKey"));
        if (key.isPresent()) {
            return new Credentials.SshKey(key.get().text());
        }
        Optional<Secret> password = secrets.find(new SecretRef(name, "password"));
        String user =
                secrets.find(new SecretRef(name, "username")).map(Secret::text).orElse("");
        // Without a secret the server refuses, and its refusal names the repository.
        return password.map(secret -> new Credentials.Password(user, secret.text()))
                .orElse(null);
    }
}
