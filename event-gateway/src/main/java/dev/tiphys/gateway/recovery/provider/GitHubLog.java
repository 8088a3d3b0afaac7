package dev.tiphys.gateway.recovery.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.recovery.Attempt;
import dev.tiphys.gateway.recovery.ProviderLog;
import dev.tiphys.gateway.recovery.Unread;
import dev.tiphys.gateway.recovery.provider.ProviderHttp.Answer;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** GitHub's list of a webhook's deliveries: newest first, in pages that name the next one. */
final class GitHubLog implements ProviderLog {
    private static final int MOST_PAGES = 50;
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"next\"");

    private final ProviderHttp http;

    GitHubLog(ProviderHttp http) {
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
                hook -> hook.path("config").path("url").asText(),
                target));
    }

    @Override
    public Listing attempts(Target target, Instant since, @Nullable String from) throws Trouble, InterruptedException {
        Optional<String> page = Optional.of(from == null ? "per_page=100" : from);
        Instant backTo = since;
        List<Attempt> found = new ArrayList<>();
        for (int pages = 0; page.isPresent(); pages++) {
            if (pages == MOST_PAGES) {
                return new Listing(found, new Unread(backTo, page.get()));
            }
            // Of a page's address only the query is followed: the token goes to no other place than the one named.
            Answer answer = http.get(URI.create(deliveries(target) + "?" + page.get()), headers(target));
            boolean isOlder = false;
            for (JsonNode item : answer.body()) {
                Attempt attempt = attempt(item);
                backTo = attempt.at();
                isOlder |= attempt.at().isBefore(since);
                if (!attempt.at().isBefore(since)) {
                    found.add(attempt);
                }
            }
            page = isOlder ? Optional.empty() : next(answer, target);
        }
        return new Listing(found, null);
    }

    private static Attempt attempt(JsonNode item) throws Trouble {
        String guid = item.path("guid").asText();
        if (guid.isEmpty() || !item.path("id").canConvertToLong()) {
            throw new Trouble("GitHub's list of deliveries has an item without guid or id");
        }
        return new Attempt(
                item.path("id").asText(),
                List.of(guid),
                item.path("event").asText("unknown"),
                moment(item.path("delivered_at").asText()),
                item.path("status_code").asInt(0));
    }

    private static Instant moment(String text) throws Trouble {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new Trouble("GitHub's list of deliveries has an item without a moment");
        }
    }

    /** {@return the query of the next page} A list that goes on at another server is none of this one. */
    private static Optional<String> next(Answer answer, Target target) throws Trouble {
        Matcher next = NEXT.matcher(answer.header("Link").orElse(""));
        if (!next.find()) {
            return Optional.empty();
        }
        URI address = URI.create(next.group(1));
        URI api = URI.create(target.apiUrl());
        if (!api.getRawAuthority().equals(address.getRawAuthority())
                || !api.getScheme().equals(address.getScheme())) {
            throw new Trouble("the next page of deliveries is at another server: " + address.getRawAuthority());
        }
        return Optional.ofNullable(address.getRawQuery());
    }

    @Override
    public Optional<String> askAgain(Target target, Attempt attempt) throws Trouble, InterruptedException {
        return http.post(URI.create(deliveries(target) + "/" + attempt.number() + "/attempts"), headers(target));
    }

    private static String deliveries(Target target) {
        return hooks(target) + "/" + target.hook() + "/deliveries";
    }

    private static String hooks(Target target) {
        return Hooks.base(target) + "/repos/" + target.fullName() + "/hooks";
    }

    private static Map<String, String> headers(Target target) {
        return Map.of(
                "Authorization",
                "Bearer " + target.token(),
                "Accept",
                "application/vnd.github+json",
                "X-GitHub-Api-Version",
                "2022-11-28");
    }
}
