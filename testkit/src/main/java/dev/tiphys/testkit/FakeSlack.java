package dev.tiphys.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.testkit.HttpFront.Answer;
import dev.tiphys.testkit.HttpFront.Call;
import dev.tiphys.testkit.HttpFront.Request;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A stand-in for Slack that keeps to its Web API and incoming webhooks: bearer tokens, 200 with {@code ok:false},
 * limits of blocks and text, ids that grow. Kinds of traffic are the methods' names, {@code chat.postMessage}, and
 * {@link #WEBHOOK}.
 */
public final class FakeSlack implements AutoCloseable {
    /** The kind of a request to an incoming webhook. */
    public static final String WEBHOOK = "webhook";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final int TEXT_LIMIT = 40_000;
    private static final int PAGE = 100;

    private final String token;
    private final Clock clock;
    private final Traffic<String> traffic = new Traffic<>();
    private final Map<String, Channel> channels = new LinkedHashMap<>();
    private final List<Consumer<SlackMessage>> listeners = new CopyOnWriteArrayList<>();
    private final HttpFront front;
    private long lastMicros;

    private FakeSlack(int port, String token, Clock clock) {
        this.token = token;
        this.clock = clock;
        this.front = HttpFront.start(port, "Slack", this::route);
    }

    private static final class Channel {
        private final String id;
        private final String name;
        private final Map<String, SlackMessage> messages = new LinkedHashMap<>();
        private boolean member = true;
        private boolean archived;

        private Channel(String id, String name) {
            this.id = id;
            this.name = name;
        }
    }

    /**
     * Starts a workspace without channels.
     *
     * @param port where it listens, 0 for a free port
     * @param token the bot's token
     * @throws IllegalStateException if the port is taken
     */
    public static FakeSlack start(int port, String token) {
        return start(port, token, Clock.systemUTC());
    }

    /** {@link #start(int, String)} with the clock that the ids of messages come from. */
    public static FakeSlack start(int port, String token, Clock clock) {
        return new FakeSlack(port, token, clock);
    }

    /** What stands for {@code https://slack.com/api}, without a slash at the end. */
    public URI apiUrl() {
        return front.uri().resolve("/api");
    }

    /** Makes a channel with the bot as a member; does nothing when it is there. */
    public FakeSlack channel(String name) {
        synchronized (channels) {
            String bare = bare(name);
            channels.computeIfAbsent(bare, n -> new Channel("C%010d".formatted(channels.size() + 1), n));
            return this;
        }
    }

    /** Takes the bot out of a channel: it gets {@code not_in_channel}. */
    public void removeBot(String channel) {
        synchronized (channels) {
            known(channel).member = false;
        }
    }

    /** Archives a channel: who posts there gets {@code is_archived}. */
    public void archive(String channel) {
        synchronized (channels) {
            known(channel).archived = true;
        }
    }

    /** The address of an incoming webhook that posts into a channel. */
    public URI webhookUrl(String channel) {
        synchronized (channels) {
            return front.uri().resolve("/services/T0000000001/B0000000001/" + known(channel).id);
        }
    }

    /** The id by which the API knows a channel. */
    public String channelId(String channel) {
        synchronized (channels) {
            return known(channel).id;
        }
    }

    /** All messages of a channel and its threads, in the order in which they were posted. */
    public List<SlackMessage> messages(String channel) {
        synchronized (channels) {
            return List.copyOf(known(channel).messages.values());
        }
    }

    /** The messages of the channel itself, without replies. */
    public List<SlackMessage> cards(String channel) {
        return messages(channel).stream()
                .filter(message -> message.threadTs().isEmpty())
                .toList();
    }

    /** The replies to a message, in order. */
    public List<SlackMessage> replies(SlackMessage card) {
        return messages(card.channel()).stream()
                .filter(message -> message.threadTs().filter(card.ts()::equals).isPresent())
                .toList();
    }

    /** Hears of each message that was posted or edited, in order, on a thread of its own. */
    public void onChange(Consumer<SlackMessage> listener) {
        listeners.add(listener);
    }

    /** What clients asked, and what is to go wrong. */
    public Traffic<String> traffic() {
        return traffic;
    }

    /** A picture of a channel for a terminal: each card as it stands, its thread below it. */
    public String render(String channel) {
        StringBuilder picture = new StringBuilder("#" + bare(channel) + "\n");
        for (SlackMessage card : cards(channel)) {
            draw(picture, card, "  ");
            replies(card).forEach(reply -> draw(picture, reply, "      ↳ "));
        }
        return picture.toString();
    }

    @Override
    public void close() {
        front.close();
    }

    private static void draw(StringBuilder picture, SlackMessage message, String indent) {
        String edited = message.past().isEmpty() ? "" : " (edited)";
        String prefix = indent + TIME.format(posted(message)) + "  ";
        List<String> lines = message.lines();
        for (int i = 0; i < lines.size(); i++) {
            picture.append(i == 0 ? prefix : " ".repeat(prefix.length()))
                    .append(lines.get(i))
                    .append(i == 0 ? edited : "")
                    .append('\n');
        }
    }

    private static Instant posted(SlackMessage message) {
        return Instant.ofEpochSecond(
                Long.parseLong(message.ts().substring(0, message.ts().indexOf('.'))));
    }

    private Call route(Request request) {
        List<String> path = request.segments();
        if (path.size() == 2 && path.getFirst().equals("api")) {
            String method = path.get(1);
            return new Call(traffic.meet(method), () -> Answer.json(200, call(method, request)));
        }
        if (path.size() == 4 && path.getFirst().equals("services")) {
            return new Call(traffic.meet(WEBHOOK), () -> webhook(path.get(3), request));
        }
        return new Call(Optional.empty(), () -> Answer.text(404, "not found"));
    }

    private ObjectNode call(String method, Request request) {
        boolean writes = method.startsWith("chat.");
        ObjectNode arguments;
        try {
            arguments = arguments(request, writes);
        } catch (IOException _) {
            return failure("invalid_json");
        }
        String given = request.header("Authorization")
                .map(header -> header.replaceFirst("^Bearer ", ""))
                .orElse(arguments.path("token").asText());
        if (given.isEmpty()) {
            return failure("not_authed");
        }
        if (!given.equals(token)) {
            return failure("invalid_auth");
        }
        synchronized (channels) {
            return switch (method) {
                case "auth.test" -> identity();
                case "chat.postMessage" -> post(arguments);
                case "chat.update" -> update(arguments);
                case "chat.getPermalink" -> permalink(arguments);
                case "conversations.list" -> list();
                case "conversations.history" -> history(arguments);
                case "conversations.replies" -> replies(arguments);
                default -> failure("unknown_method").put("req_method", method);
            };
        }
    }

    // Slack takes JSON bodies for what writes only; to the others such a body is as good as none.
    private static ObjectNode arguments(Request request, boolean json) throws IOException {
        ObjectNode arguments = NODES.objectNode();
        request.query().forEach(arguments::put);
        if (json && request.header("Content-Type").orElse("").startsWith("application/json")) {
            if (!(JSON.readTree(request.body()) instanceof ObjectNode object)) {
                throw new IOException("not an object");
            }
            return arguments.setAll(object);
        }
        for (Map.Entry<String, String> field : request.form().entrySet()) {
            boolean structured = List.of("blocks", "metadata", "attachments").contains(field.getKey());
            arguments.set(
                    field.getKey(), structured ? JSON.readTree(field.getValue()) : NODES.textNode(field.getValue()));
        }
        return arguments;
    }

    private ObjectNode identity() {
        return success()
                .put("url", front.uri() + "/")
                .put("team", "Acme")
                .put("user", "tiphys")
                .put("team_id", "T0000000001")
                .put("user_id", "U0000000001")
                .put("bot_id", "B0000000001")
                .put("is_enterprise_install", false);
    }

    private ObjectNode post(ObjectNode arguments) {
        String wanted = arguments.path("channel").asText();
        Optional<Channel> found = byId(wanted).or(() -> Optional.ofNullable(channels.get(bare(wanted))));
        if (found.isEmpty()) {
            return failure("channel_not_found");
        }
        Channel channel = found.get();
        Optional<ObjectNode> refused = refused(channel).or(() -> refused(arguments, true));
        if (refused.isPresent()) {
            return refused.get();
        }
        String thread = arguments.path("thread_ts").asText();
        if (!thread.isEmpty() && !channel.messages.containsKey(thread)) {
            return failure("thread_not_found");
        }
        SlackMessage message = add(channel, thread, content(arguments));
        ObjectNode answer = success().put("channel", channel.id).put("ts", message.ts());
        answer.set("message", describe(message, true));
        return answer;
    }

    private SlackMessage add(Channel channel, String thread, SlackMessage.Content content) {
        SlackMessage message = new SlackMessage(
                "#" + channel.name, nextTs(), Optional.of(thread).filter(ts -> !ts.isEmpty()), content, List.of());
        channel.messages.put(message.ts(), message);
        tell(message);
        return message;
    }

    private ObjectNode update(ObjectNode arguments) {
        Optional<Channel> found = byId(arguments.path("channel").asText());
        if (found.isEmpty()) {
            return failure("channel_not_found");
        }
        Channel channel = found.get();
        SlackMessage old = channel.messages.get(arguments.path("ts").asText());
        if (old == null) {
            return failure("message_not_found");
        }
        Optional<ObjectNode> refused = refused(channel).or(() -> refused(arguments, false));
        if (refused.isPresent()) {
            return refused.get();
        }
        // What an update leaves out stays.
        ObjectNode whole = NODES.objectNode().put("text", old.current().text());
        whole.set("blocks", old.current().blocks());
        whole.set("metadata", old.current().metadata());
        SlackMessage edited = old.edited(content(whole.setAll(arguments)));
        channel.messages.put(edited.ts(), edited);
        tell(edited);
        ObjectNode answer = success()
                .put("channel", channel.id)
                .put("ts", edited.ts())
                .put("text", edited.current().text());
        answer.set("message", describe(edited, true));
        return answer;
    }

    private static Optional<ObjectNode> refused(Channel channel) {
        if (channel.archived) {
            return Optional.of(failure("is_archived"));
        }
        return channel.member ? Optional.empty() : Optional.of(failure("not_in_channel"));
    }

    private static Optional<ObjectNode> refused(ObjectNode arguments, boolean needsContent) {
        String text = arguments.path("text").asText();
        JsonNode blocks = arguments.path("blocks");
        boolean silent = text.isEmpty() && blocks.isEmpty();
        boolean changesNothing = !arguments.has("text") && !arguments.has("blocks") && !arguments.has("metadata");
        if (needsContent ? silent : changesNothing) {
            return Optional.of(failure("no_text"));
        }
        if (text.length() > TEXT_LIMIT) {
            return Optional.of(failure("msg_too_long"));
        }
        if (blocks.isMissingNode()) {
            return Optional.empty();
        }
        List<String> errors = SlackBlocks.errors(blocks);
        if (!errors.isEmpty()) {
            ObjectNode failure = failure("invalid_blocks");
            errors.forEach(failure.putArray("errors")::add);
            ArrayNode messages = failure.putObject("response_metadata").putArray("messages");
            errors.forEach(error -> messages.add("[ERROR] " + error));
            return Optional.of(failure);
        }
        return blocks.toString().length() > SlackBlocks.TOTAL_LIMIT
                ? Optional.of(failure("msg_blocks_too_long"))
                : Optional.empty();
    }

    private static SlackMessage.Content content(ObjectNode arguments) {
        return new SlackMessage.Content(
                arguments.path("text").asText(),
                arguments.path("blocks").isArray() ? arguments.path("blocks").deepCopy() : NODES.arrayNode(),
                arguments.path("metadata").isObject()
                        ? arguments.path("metadata").deepCopy()
                        : NODES.objectNode());
    }

    private ObjectNode permalink(ObjectNode arguments) {
        Optional<Channel> channel = byId(arguments.path("channel").asText());
        if (channel.isEmpty()) {
            return failure("channel_not_found");
        }
        String ts = arguments.path("message_ts").asText();
        if (!channel.get().messages.containsKey(ts)) {
            return failure("message_not_found");
        }
        String link = front.uri() + "/archives/" + channel.get().id + "/p" + ts.replace(".", "");
        return success().put("channel", channel.get().id).put("permalink", link);
    }

    private ObjectNode list() {
        ObjectNode answer = success();
        ArrayNode list = answer.putArray("channels");
        channels.values()
                .forEach(channel -> list.addObject()
                        .put("id", channel.id)
                        .put("name", channel.name)
                        .put("is_channel", true)
                        .put("is_archived", channel.archived)
                        .put("is_member", channel.member));
        answer.putObject("response_metadata").put("next_cursor", "");
        return answer;
    }

    private ObjectNode history(ObjectNode arguments) {
        Optional<Channel> channel = byId(arguments.path("channel").asText());
        if (channel.isEmpty()) {
            return failure("channel_not_found");
        }
        if (!channel.get().member) {
            return failure("not_in_channel");
        }
        List<SlackMessage> newestFirst = channel.get().messages.values().stream()
                .filter(message -> message.threadTs().isEmpty())
                .toList()
                .reversed();
        return page(newestFirst, arguments);
    }

    private ObjectNode replies(ObjectNode arguments) {
        Optional<Channel> channel = byId(arguments.path("channel").asText());
        if (channel.isEmpty()) {
            return failure("channel_not_found");
        }
        String root = arguments.path("ts").asText();
        if (!channel.get().messages.containsKey(root)) {
            return failure("thread_not_found");
        }
        List<SlackMessage> oldestFirst = channel.get().messages.values().stream()
                .filter(message -> message.threadTs().orElse(message.ts()).equals(root))
                .toList();
        return page(oldestFirst, arguments);
    }

    private ObjectNode page(List<SlackMessage> all, ObjectNode arguments) {
        String oldest = arguments.path("oldest").asText("0");
        String latest = arguments.path("latest").asText("9999999999.999999");
        boolean inclusive = arguments.path("inclusive").asBoolean();
        List<SlackMessage> within = all.stream()
                .filter(message -> isWithin(message.ts(), oldest, latest, inclusive))
                .toList();
        int from = Math.min(within.size(), arguments.path("cursor").asInt(0));
        int limit = Math.clamp(arguments.path("limit").asInt(PAGE), 1, 999);
        int to = Math.min(within.size(), from + limit);
        ObjectNode answer = success();
        ArrayNode messages = answer.putArray("messages");
        boolean metadata = arguments.path("include_all_metadata").asBoolean();
        within.subList(from, to).forEach(message -> messages.add(describe(message, metadata)));
        answer.put("has_more", to < within.size());
        answer.putObject("response_metadata").put("next_cursor", to < within.size() ? "" + to : "");
        return answer;
    }

    private static boolean isWithin(String ts, String oldest, String latest, boolean inclusive) {
        int slack = inclusive ? 1 : 0;
        return micros(ts) > micros(oldest) - slack && micros(ts) < micros(latest) + slack;
    }

    private static long micros(String ts) {
        return new java.math.BigDecimal(ts).movePointRight(6).longValue();
    }

    private ObjectNode describe(SlackMessage message, boolean metadata) {
        ObjectNode node = NODES.objectNode()
                .put("type", "message")
                .put("user", "U0000000001")
                .put("bot_id", "B0000000001")
                .put("app_id", "A0000000001")
                .put("team", "T0000000001")
                .put("ts", message.ts())
                .put("text", message.current().text());
        message.threadTs().ifPresent(thread -> node.put("thread_ts", thread));
        if (!message.current().blocks().isEmpty()) {
            node.set("blocks", message.current().blocks());
        }
        if (metadata && !message.current().metadata().isEmpty()) {
            node.set("metadata", message.current().metadata());
        }
        if (!message.past().isEmpty()) {
            node.putObject("edited").put("user", "U0000000001").put("ts", message.ts());
        }
        return node;
    }

    private Answer webhook(String id, Request request) {
        JsonNode payload;
        try {
            payload = JSON.readTree(request.body());
        } catch (JsonProcessingException _) {
            return Answer.text(400, "invalid_payload");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("bytes in memory are always readable", e);
        }
        if (!(payload instanceof ObjectNode arguments)) {
            return Answer.text(400, "invalid_payload");
        }
        synchronized (channels) {
            Optional<Channel> channel = byId(id);
            if (channel.isEmpty()) {
                return Answer.text(404, "no_service");
            }
            if (channel.get().archived) {
                return Answer.text(410, "channel_is_archived");
            }
            Optional<ObjectNode> refused = refused(arguments, true);
            if (refused.isPresent()) {
                return Answer.text(400, refused.get().path("error").asText());
            }
            add(channel.get(), arguments.path("thread_ts").asText(), content(arguments));
            return Answer.text(200, "ok");
        }
    }

    private void tell(SlackMessage message) {
        listeners.forEach(listener -> front.later(() -> listener.accept(message)));
    }

    private Channel known(String name) {
        Channel channel = channels.get(bare(name));
        if (channel == null) {
            throw new IllegalArgumentException("there is no channel " + name + "; make it with channel(…)");
        }
        return channel;
    }

    private Optional<Channel> byId(String id) {
        return channels.values().stream()
                .filter(channel -> channel.id.equals(id))
                .findFirst();
    }

    private String nextTs() {
        Instant now = clock.instant();
        lastMicros = Math.max(lastMicros + 1, now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
        return "%d.%06d".formatted(lastMicros / 1_000_000, lastMicros % 1_000_000);
    }

    private static String bare(String channel) {
        return channel.startsWith("#") ? channel.substring(1) : channel;
    }

    private static ObjectNode success() {
        return NODES.objectNode().put("ok", true);
    }

    private static ObjectNode failure(String error) {
        return NODES.objectNode().put("ok", false).put("error", error);
    }
}
