package dev.tiphys.syncer.source;

import org.jspecify.annotations.Nullable;

/**
 * A repository and how to enter it. Never shows a secret in its text.
 *
 * @param url {@code https}, {@code http}, {@code ssh} (also as {@code git@host:path}) or {@code file}
 * @param credentials null for a repository that is open to all
 */
public record RepositoryAccess(String url, @Nullable Credentials credentials) {

    /** How to enter a repository. */
    public sealed interface Credentials {

        /** A user and a password or token, for http and https. */
        record Password(String user, String secret) implements Credentials {
            @Override
            public String toString() {
                return "Password[user=" + user + ", secret=***]";
            }
        }

        /** A private key in OpenSSH or PEM form, for ssh. */
        record SshKey(String privateKey) implements Credentials {
            @Override
            public String toString() {
                return "SshKey[***]";
            }
        }
    }
}
