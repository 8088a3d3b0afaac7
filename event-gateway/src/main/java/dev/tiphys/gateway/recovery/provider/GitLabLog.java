package dev.tiphys.gateway.recovery.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.recovery.Attempt;
import dev.tiphys.gateway.recovery.ProviderLog;
import dev.tiphys.gateway.recovery.Unread;
import dev.tiphys.gateway.recovery.provider.ProviderHttp.Answer;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** GitLab's list of a webhook's events: newest first, in numbered pages. */
final class GitLabLog implements ProviderLog {
    private static final int PAGE = 100;
    private static final int MOST_PAGES = 50;

    /** What a delivery may be known by, the best first: only the first of them stays the same when it is sent again. */
    private static final List<String> IDS = List.of("idempotency-key", "x-gitlab-event-uuid", "x-gitlab-webhook-uuid");

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,6}");

    private final ProviderHttp http;

    GitLabLog(ProviderHttp http) {
        this.http = http;
    }

    @Override
    public Target located(Target target) throws Trouble, InterruptedException {
        if (target.hook() != null) {
            return target;
        }
        URI address = URI.create(hooks(target) + "?per_page=100");
        return target.withHook(Hooks.find(
                http.get(address, headers(target)).body(),
                hook -> hook.path("url").asText(),
                target));
    }

    @Override
    public Listing attempts(Target target, Instant since, @Nullable String from) throws Trouble, InterruptedException {
        String events = events(target);
        int first = first(from);
        Instant backTo = since;
        List<Attempt> found = new ArrayList<>();
        boolean isMore = true;
        for (int page = first; isMore; page++) {
            if (page - first == MOST_PAGES) {
                return new Listing(found, new Unread(backTo, Integer.toString(page)));
            }
            Answer answer = http.get(URI.create(events + "?per_page=" + PAGE + "&page=" + page), headers(target));
            boolean isOlder = false;
            for (JsonNode item : answer.body()) {
                Attempt attempt = attempt(item);
                backTo = attempt.at();
                isOlder |= attempt.at().isBefore(since);
                if (!attempt.at().isBefore(since)) {
                    found.add(attempt);
                }
            }
            isMore = !isOlder
                    && !answer.header("X-Next-Page")
                            .map(String::isBlank)
                            .orElse(answer.body().size() < PAGE);
        }
        return new Listing(found, null);
    }

    /** {@return the number of the first page} What came since only moves the rest to later pages. */
    private static int first(@Nullable String from) {
        // Another kind of server's words may have been left behind.
        return from != null && NUMBER.matcher(from).matches() ? Integer.parseInt(from) : 1;
    }

    private static Attempt attempt(JsonNode item) throws Trouble {
        String number = item.path("id").asText();
        Set<String> ids = new LinkedHashSet<>();
        for (String name : IDS) {
            item.path("request_headers").properties().stream()
                    .filter(header -> header.getKey().toLowerCase(Locale.ROOT).equals(name))
                    .map(header -> header.getValue().asText())
                    .filter(value -> !value.isBlank())
                    .forEach(ids::add);
        }
        if (number.isEmpty() || ids.isEmpty()) {
            throw new Trouble("GitLab's list of events has an item without an id of its delivery");
        }
        return new Attempt(
                number,
                List.copyOf(ids),
                item.path("trigger").asText("unknown"),
                moment(item.path("created_at").asText()),
                status(item.path("response_status").asText()));
    }

    /** GitLab writes a number, or {@code internal error} if nobody answered. */
    private static int status(String text) {
        return text.matches("[1-5]\\d\\d") ? Integer.parseInt(text) : 0;
    }

    private static Instant moment(String text) throws Trouble {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new Trouble("GitLab's list of events has an item without a moment");
        }
    }

    @Override
    public Optional<String> askAgain(Target target, Attempt attempt) throws Trouble, InterruptedException {
        return http.post(URI.create(events(target) + "/" + attempt.number() + "/resend"), headers(target));
    }

    private static String events(Target target) {
        return hooks(target) + "/" + target.hook() + "/events";
    }

    private static String hooks(Target target) {
        return Hooks.base(target) + "/projects/" + URLEncoder.encode(target.fullName(), UTF_8) + "/hooks";
    }

    private static Map<String, String> headers(Target target) {
        return Map.of("PRIVATE-TOKEN", target.token());
    }
}
