package dev.tiphys.notifier.delivery.slack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.contracts.definition.Definition.SlackWorkspace;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.notifier.card.Message;
import dev.tiphys.notifier.delivery.Chat;
import dev.tiphys.notifier.delivery.Lane;
import dev.tiphys.notifier.delivery.Workspace;
import dev.tiphys.platform.definitions.Definitions;
import dev.tiphys.platform.secret.Secret;
import dev.tiphys.platform.secret.SecretMissing;
import dev.tiphys.platform.secret.Secrets;
import jakarta.inject.Singleton;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Slack. The secret is read for each call, so that a new one needs no restart. */
@Singleton
final class SlackChat implements Chat {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String EVENT_TYPE = "tiphys_message";

    /** The other side's clock may be behind ours. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(2);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);
    private static final int PAGES = 20;

    private final Definitions definitions;
    private final Secrets secrets;
    private final SlackHttp http;

    SlackChat(Definitions definitions, Secrets secrets, SlackHttp http) {
        this.definitions = definitions;
        this.secrets = secrets;
        this.http = http;
    }

    @Override
    public Optional<Workspace> find(String workspace) {
        return definition(workspace)
                .map(found -> new Workspace(
                        found.name(),
                        found.token() == null ? Workspace.Means.WEBHOOK : Workspace.Means.TOKEN,
                        fingerprint(found)));
    }

    @Override
    public Answer post(Posting posting) {
        return withWorkspace(posting.lane(), workspace -> {
            if (workspace.webhook() != null) {
                return byWebhook(workspace.webhook(), posting.message());
            }
            ObjectNode body = body(posting.lane().channel(), posting.message());
            if (posting.threadTs() != null) {
                body.put("thread_ts", posting.threadTs());
            }
            if (posting.threadTs() != null && posting.broadcast()) {
                body.put("reply_broadcast", true);
            }
            body.put("unfurl_links", false).put("unfurl_media", false);
            ObjectNode metadata = body.putObject("metadata").put("event_type", EVENT_TYPE);
            metadata.putObject("event_payload").put("key", posting.mark());
            return byToken(workspace, "chat.postMessage", body);
        });
    }

    @Override
    public Answer edit(Lane lane, String channelId, String ts, Message message) {
        return withWorkspace(
                lane,
                workspace -> byToken(
                        workspace, "chat.update", body(channelId, message).put("ts", ts)));
    }

    @Override
    public Sighting look(Search search) {
        Optional<SlackWorkspace> workspace = definition(search.lane().workspace());
        if (workspace.isEmpty() || workspace.get().token() == null) {
            return new Sighting.Blind("an incoming webhook cannot look");
        }
        try {
            return new History(http, workspace.get().apiUrl(), token(workspace.get())).look(search);
        } catch (SecretMissing e) {
            return new Sighting.Later(LOOK_AGAIN, e.getMessage() == null ? "secret missing" : e.getMessage());
        }
    }

    private Answer withWorkspace(Lane lane, Function<SlackWorkspace, Answer> call) {
        return definition(lane.workspace())
                .map(call)
                .orElseGet(() -> new Answer.NotSent("there is no SlackWorkspace " + lane.workspace()));
    }

    private Answer byToken(SlackWorkspace workspace, String method, JsonNode body) {
        try {
            URI address = History.address(workspace.apiUrl(), method);
            return Meaning.ofApi(http.json(method, address, token(workspace), body));
        } catch (SecretMissing e) {
            return new Answer.Barred(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException _) {
            return new Answer.Barred("its address or its token cannot be used in a request");
        }
    }

    private Answer byWebhook(SecretRef ref, Message message) {
        try {
            // The exception's text would show the address, which is the secret.
            URI address = URI.create(secrets.get(ref).text().strip());
            ObjectNode body = JSON.objectNode().put("text", message.text());
            if (!message.blocks().isEmpty()) {
                body.set("blocks", array(message));
            }
            return Meaning.ofWebhook(http.json("webhook", address, null, body));
        } catch (SecretMissing e) {
            return new Answer.Barred(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException _) {
            return new Answer.Barred("secret " + ref.name() + "/" + ref.key() + " is no address of a webhook");
        }
    }

    private static ObjectNode body(String channel, Message message) {
        ObjectNode body = JSON.objectNode().put("channel", channel).put("text", message.text());
        body.set("blocks", array(message));
        return body;
    }

    private static ArrayNode array(Message message) {
        return JSON.arrayNode().addAll(message.blocks());
    }

    private Optional<SlackWorkspace> definition(String name) {
        return definitions.current().find(SlackWorkspace.class, name);
    }

    private String token(SlackWorkspace workspace) throws SecretMissing {
        SecretRef ref = workspace.token();
        if (ref == null) {
            throw new IllegalArgumentException("SlackWorkspace " + workspace.name() + " has no token");
        }
        return secrets.get(ref).text().strip();
    }

    private String fingerprint(SlackWorkspace workspace) {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("address", workspace.apiUrl());
        parts.put("token", value(workspace.token()));
        parts.put("webhook", value(workspace.webhook()));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(parts.toString().getBytes(UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private String value(@Nullable SecretRef ref) {
        return ref == null ? "" : secrets.find(ref).map(Secret::text).orElse("");
    }

    /** Looks through a channel or a thread. */
    private record History(SlackHttp http, String apiUrl, String token) {

        static URI address(String apiUrl, String method) {
            return URI.create(apiUrl.replaceAll("/+$", "") + "/" + method);
        }

        Sighting look(Search search) {
            String channel = search.channelId();
            if (channel == null) {
                Sighting resolved = channelOf(search.lane().channel());
                if (!(resolved instanceof Sighting.Seen(String found, String _))) {
                    return resolved;
                }
                channel = found;
            }
            Map<String, String> query = new LinkedHashMap<>();
            query.put("channel", channel);
            query.put("include_all_metadata", "true");
            query.put("limit", "100");
            query.put("oldest", search.since().minus(CLOCKS_APART).getEpochSecond() + ".000000");
            String method = "conversations.history";
            if (search.threadTs() != null) {
                query.put("ts", search.threadTs());
                method = "conversations.replies";
            }
            String there = channel;
            return pages(method, query, page -> in(page, there, search.mark()));
        }

        /** {@return the id of a channel as a sighting, its name being none that the reading methods take} */
        private Sighting channelOf(String name) {
            if (name.matches("[CGD][A-Z0-9]{7,}")) {
                return new Sighting.Seen(name, "");
            }
            String plain = name.replaceFirst("^#", "");
            Map<String, String> query = new LinkedHashMap<>(
                    Map.of("limit", "200", "exclude_archived", "true", "types", "public_channel,private_channel"));
            Sighting sighting = pages("conversations.list", query, page -> {
                for (JsonNode channel : page.path("channels")) {
                    if (plain.equals(channel.path("name").asText())) {
                        return Optional.of(new Sighting.Seen(channel.path("id").asText(), ""));
                    }
                }
                return Optional.empty();
            });
            return sighting instanceof Sighting.NotThere
                    ? new Sighting.Blind("the channel " + name + " is not among those that the bot may see")
                    : sighting;
        }

        private Sighting pages(
                String method, Map<String, String> query, Function<JsonNode, Optional<Sighting.Seen>> reader) {
            for (int number = 0; number < PAGES; number++) {
                Reply reply = http.form(method, address(apiUrl, method), token, query);
                Answer answer = Meaning.ofApi(reply);
                if (!(answer instanceof Answer.Done) || !(reply instanceof Reply.Answered answered)) {
                    return unable(method, answer);
                }
                Optional<Sighting.Seen> seen = reader.apply(answered.json());
                if (seen.isPresent()) {
                    return seen.get();
                }
                String cursor = answered.json()
                        .path("response_metadata")
                        .path("next_cursor")
                        .asText("");
                if (cursor.isEmpty()) {
                    return new Sighting.NotThere();
                }
                query.put("cursor", cursor);
            }
            return new Sighting.Blind("there is more than " + PAGES + " pages of " + method);
        }

        private static Optional<Sighting.Seen> in(JsonNode page, String channel, String mark) {
            for (JsonNode message : page.path("messages")) {
                JsonNode payload = message.path("metadata").path("event_payload");
                if (mark.equals(payload.path("key").asText(null))) {
                    return Optional.of(
                            new Sighting.Seen(channel, message.path("ts").asText()));
                }
            }
            return Optional.empty();
        }

        private static Sighting unable(String method, Answer answer) {
            return switch (answer) {
                case Answer.Limited(Duration retryAfter) -> new Sighting.Later(retryAfter, method + ": rate limited");
                case Answer.Ambiguous(String reason) -> new Sighting.Later(LOOK_AGAIN, method + ": " + reason);
                case Answer.NotSent(String reason) -> new Sighting.Later(LOOK_AGAIN, method + ": " + reason);
                case Answer.Barred(String reason) ->
                    reason.equals("missing_scope") || reason.equals("no_permission")
                            ? new Sighting.Blind(method + ": " + reason)
                            : new Sighting.Later(Duration.ofMinutes(1), method + ": " + reason);
                case Answer.Refused(String reason) -> new Sighting.Blind(method + ": " + reason);
                case Answer.Gone(String reason) -> new Sighting.Blind(method + ": " + reason);
                case Answer.Malformed(String reason) -> new Sighting.Blind(method + ": " + reason);
                case Answer.Done _ -> throw new IllegalStateException(method + " was done, not refused");
            };
        }
    }
}
