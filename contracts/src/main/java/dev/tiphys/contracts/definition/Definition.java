package dev.tiphys.contracts.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A definition, typed. What a kind does not know is kept in the stored document and reported by lint. */
public sealed interface Definition
        permits Definition.Repository,
                Definition.Source,
                Definition.JenkinsServer,
                Definition.SlackWorkspace,
                Queue,
                EventSource,
                Pipeline,
                Application {

    /** {@return what names it} */
    DefinitionKey key();

    /** {@return its name} */
    default String name() {
        return key().name();
    }

    /**
     * A Git repository and its own webhook, endpoint {@code /hooks/{name}}.
     *
     * @param provider the Git server: {@code github}, {@code gitlab}, {@code bitbucket} (Cloud), {@code bitbucket-server}
     *     (Data Center), {@code gitea}, {@code forgejo} or {@code azure-devops}
     * @param credentials the name of the secret with {@code username} and {@code password}, or {@code sshPrivateKey}; null
     *     for a repository that anyone may read
     * @param webhook the secret that proves deliveries; a second, previous one has the key {@code <key>-previous}; null if
     *     the repository sends none
     * @param recovery how deliveries that did not arrive are asked for again; null if they are not
     */
    record Repository(
            DefinitionKey key,
            String url,
            String provider,
            @Nullable String credentials,
            @Nullable SecretRef webhook,
            Limits limits,
            @Nullable Recovery recovery)
            implements Definition {

        public Repository(
                DefinitionKey key,
                String url,
                String provider,
                @Nullable String credentials,
                @Nullable SecretRef webhook) {
            this(key, url, provider, credentials, webhook, Limits.NONE, null);
        }

        /**
         * {@return the name that the Git server knows it by, for example {@code acme/shop}; case does not count} On Azure
         * DevOps it is {@code organization/project/repository}, on Bitbucket Data Center {@code PROJECT/repository}.
         */
        public String fullName() {
            return GitUrl.fullName(provider, url);
        }
    }

    /**
     * How the Git server's own list of deliveries is read and a lost one is asked for again.
     *
     * @param apiUrl where its API is, without a slash at its end
     * @param hook the webhook's number there; null for the one whose address ends in this endpoint's
     * @param token of a user who may see and redeliver
     */
    record Recovery(String apiUrl, @Nullable String hook, SecretRef token) {}

    /**
     * A sender of webhooks that is no Git server, endpoint {@code /hooks/{name}}.
     *
     * @param sender who understands the deliveries: {@code generic}, {@code harbor}, {@code nexus}, {@code artifactory}, {@code
     *     azure-container-registry}, {@code docker-hub}, {@code quay}, {@code slack}, {@code sns}, {@code stripe} or {@code
     *     standard-webhooks}
     */
    record Source(DefinitionKey key, String sender, Verification verification, Limits limits) implements Definition {
        /** The sender that nobody knows: its event is its body. */
        public static final String GENERIC = "generic";

        public Source(DefinitionKey key, Verification verification) {
            this(key, GENERIC, verification, Limits.NONE);
        }
    }

    /** A Jenkins server and the user whose API token starts jobs there. */
    record JenkinsServer(DefinitionKey key, String url, String user, SecretRef token) implements Definition {}

    /**
     * A Slack workspace, by bot token or by incoming webhook.
     *
     * @param token the bot token; null if messages go by webhook
     * @param webhook the incoming webhook's URL, which is a secret; null if messages go by bot token
     * @param apiUrl where the Web API is
     */
    record SlackWorkspace(
            DefinitionKey key,
            @Nullable SecretRef token,
            @Nullable SecretRef webhook,
            String apiUrl) implements Definition {
        /** Slack's own address of its Web API. */
        public static final String DEFAULT_API_URL = "https://slack.com/api";

        public SlackWorkspace {
            if ((token == null) == (webhook == null)) {
                throw new IllegalArgumentException("a SlackWorkspace has either a token or a webhook");
            }
        }
    }

    /** {@return those of a kind, in the order given} */
    static <T extends Definition> List<T> ofKind(Iterable<? extends Definition> definitions, Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (Definition definition : definitions) {
            if (kind.isInstance(definition)) {
                found.add(kind.cast(definition));
            }
        }
        return List.copyOf(found);
    }

    /** {@return those of a kind by name} */
    static <T extends Definition> Map<String, T> byName(Iterable<? extends Definition> definitions, Class<T> kind) {
        Map<String, T> found = new LinkedHashMap<>();
        for (T definition : ofKind(definitions, kind)) {
            found.put(definition.name(), definition);
        }
        return Map.copyOf(found);
    }
}
