package dev.tiphys.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FakeHookLogTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @Test
    void listsAsGitHubDoesByCursorsThatItNamesItself() throws Exception {
        try (FakeHookLog log = FakeHookLog.start(FakeHookLog.Dialect.GITHUB, "acme/shop", "t", () -> NOW)) {
            log.hook(URI.create("https://tiphys.example.com/hooks/shop"));
            for (int i = 0; i < 3; i++) {
                log.attempt("d-" + i, "push", NOW, 202);
            }
            String first = log.url() + "/repos/acme/shop/hooks/1/deliveries?per_page=2";

            HttpResponse<String> page = get(first, "Authorization", "Bearer t");
            assertThat(page.body()).contains("d-2", "d-1").doesNotContain("d-0");
            String link = page.headers().firstValue("Link").orElseThrow();
            String next = link.substring(1, link.indexOf('>'));
            HttpResponse<String> rest = get(next, "Authorization", "Bearer t");
            assertThat(rest.body()).contains("d-0").doesNotContain("d-1");
            assertThat(rest.headers().firstValue("Link")).isEmpty();
            assertThat(get(first, "Authorization", "Bearer x").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void listsAsGitLabDoesByNumberedPages() throws Exception {
        try (FakeHookLog log = FakeHookLog.start(FakeHookLog.Dialect.GITLAB, "acme/shop", "t", () -> NOW)) {
            log.hook(URI.create("https://tiphys.example.com/hooks/shop"));
            log.attempt("d-0", "push_hooks", NOW, 0);
            log.attempt("d-1", "push_hooks", NOW, 202);
            String events = log.url() + "/projects/acme%2Fshop/hooks/1/events?per_page=1&page=";

            HttpResponse<String> first = get(events + 1, "PRIVATE-TOKEN", "t");
            assertThat(first.body()).contains("d-1");
            assertThat(first.headers().firstValue("X-Next-Page")).contains("2");
            assertThat(get(events + 2, "PRIVATE-TOKEN", "t").body()).contains("d-0", "internal error");
        }
    }

    private static HttpResponse<String> get(String address, String header, String value) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(address))
                            .header(header, value)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
