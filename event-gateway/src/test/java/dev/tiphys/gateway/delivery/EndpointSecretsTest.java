package dev.tiphys.gateway.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.contracts.definition.SecretRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointSecretsTest {
    private static final SecretRef PRESENT = new SecretRef("hello-webhook", "secret");
    private static final SecretRef PREVIOUS = new SecretRef("hello-webhook", "secret-previous");

    private final Map<SecretRef, byte[]> store = new HashMap<>();
    private final List<SecretRef> asked = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private long nanos;
    private final EndpointSecrets secrets = new EndpointSecrets(
            ref -> {
                asked.add(ref);
                return Optional.ofNullable(store.get(ref));
            },
            () -> nanos,
            Duration.ofSeconds(1),
            (endpoint, _) -> heard.add(endpoint));

    @Test
    void areReadOnceInAWhile() {
        store.put(PRESENT, bytes("a"));

        assertThat(secrets.values(Examples.ENDPOINT)).containsExactly(bytes("a"), new byte[0]);
        assertThat(secrets.values(Examples.ENDPOINT)).hasSize(2);
        assertThat(asked).containsExactly(PRESENT, PREVIOUS);
        assertThat(heard).containsExactly("hello");
    }

    @Test
    void keepTheirPlacesWhereThePresentOneIsMissing() {
        store.put(PREVIOUS, bytes("b"));

        assertThat(secrets.values(Examples.ENDPOINT)).containsExactly(new byte[0], bytes("b"));
    }

    @Test
    void areNewWithinASecondWithoutARestart() {
        store.put(PRESENT, bytes("a"));
        secrets.values(Examples.ENDPOINT);
        store.put(PRESENT, bytes("new"));
        store.put(PREVIOUS, bytes("a"));

        nanos += Duration.ofMillis(999).toNanos();
        assertThat(secrets.values(Examples.ENDPOINT).getFirst()).isEqualTo(bytes("a"));
        nanos += Duration.ofMillis(1).toNanos();
        assertThat(secrets.atHand(Examples.ENDPOINT)).isEmpty();
        assertThat(secrets.values(Examples.ENDPOINT)).containsExactly(bytes("new"), bytes("a"));
    }

    @Test
    void areAtHandOnlyOnceTheyWereRead() {
        assertThat(secrets.atHand(Examples.ENDPOINT)).isEmpty();
        secrets.values(Examples.ENDPOINT);
        assertThat(secrets.atHand(Examples.ENDPOINT)).isPresent();
        assertThat(asked).hasSize(2);
    }

    @Test
    void areThoseOfTheDefinitionAsItIsNow() {
        store.put(PRESENT, bytes("a"));
        secrets.values(Examples.ENDPOINT);
        Endpoint edited = new Endpoint(
                "hello",
                "hello",
                "github",
                Credentials.Shared.of(new SecretRef("other", "key")),
                Examples.ENDPOINT.verifier(),
                Examples.ENDPOINT.mapper(),
                Endpoint.POST,
                Examples.ENDPOINT.limits());

        assertThat(secrets.atHand(edited)).isEmpty();
        assertThat(secrets.values(edited)).containsExactly(new byte[0], new byte[0]);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
