package dev.tiphys.gateway.reception.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.contracts.definition.Limits;
import dev.tiphys.contracts.definition.SecretRef;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Endpoint;
import dev.tiphys.gateway.delivery.EndpointSecrets;
import dev.tiphys.gateway.delivery.KeyPlace;
import dev.tiphys.gateway.delivery.Mapper;
import dev.tiphys.gateway.delivery.PublishedKeys;
import dev.tiphys.gateway.delivery.PublishedKeys.KeysUnavailable;
import dev.tiphys.gateway.delivery.Verifier;
import dev.tiphys.gateway.reception.http.ProofValues.Found;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProofValuesTest {
    private static final SecretRef REF = new SecretRef("shop", "secret");
    private static final KeyPlace PLACE = new KeyPlace.KeySet(URI.create("https://issuer.example/keys"), "k1");

    private final Map<SecretRef, String> values = new HashMap<>();
    private final EndpointSecrets secrets = new EndpointSecrets(
            ref -> Optional.ofNullable(values.get(ref)).map(value -> value.getBytes(UTF_8)),
            () -> 0,
            Duration.ZERO,
            (_, _) -> {});

    @Test
    void bothGenerationsOfASecretAreTried() {
        values.put(REF, "new");
        values.put(REF.withKey("secret-previous"), "old");

        assertThat(texts(of(Credentials.Shared.of(REF), _ -> List.of()))).containsExactly("new", "old");
    }

    @Test
    void aSecretThatIsMissingOrEmptyIsNone() {
        assertThat(of(Credentials.Shared.of(REF), _ -> List.of()))
                .isEqualTo(new Found.Never("there is no secret shop/secret"));
        values.put(REF, "");
        assertThat(of(Credentials.Shared.of(REF), _ -> List.of())).isInstanceOf(Found.Never.class);
    }

    @Test
    void aPublishedKeyIsAskedForWhereTheDeliverySays() {
        assertThat(texts(of(
                        new Credentials.Published(_ -> Optional.of(PLACE)),
                        place -> List.of(place.toString().getBytes(UTF_8)))))
                .containsExactly(PLACE.toString());
    }

    @Test
    void aDeliveryThatNamesNoKeyAsksNobody() {
        PublishedKeys nobody = _ -> {
            throw new AssertionError("nobody may be asked");
        };
        assertThat(texts(of(new Credentials.Published(_ -> Optional.empty()), nobody)))
                .isEmpty();
    }

    @Test
    void aKeyThatCannotBeFetchedIsNoRefusal() {
        PublishedKeys away = _ -> {
            throw new KeysUnavailable("it is away", new IOException());
        };
        assertThatThrownBy(() -> of(new Credentials.Published(_ -> Optional.of(PLACE)), away))
                .isInstanceOf(KeysUnavailable.class);
    }

    @Test
    void aClosedEndpointSaysWhy() {
        assertThat(of(new Credentials.Closed("why"), _ -> List.of())).isEqualTo(new Found.Never("why"));
    }

    private Found of(Credentials credentials, PublishedKeys keys) {
        Endpoint endpoint =
                new Endpoint("a", "a", "x", credentials, new NoVerifier(), new NoMapper(), Endpoint.POST, Limits.NONE);
        return new ProofValues(secrets, keys).of(endpoint, new Delivery("a", Map.of(), new byte[0], Instant.EPOCH));
    }

    private static List<String> texts(Found found) {
        assertThat(found).isInstanceOf(Found.Values.class);
        return ((Found.Values) found)
                .values().stream().map(value -> new String(value, UTF_8)).toList();
    }

    private record NoVerifier() implements Verifier {
        @Override
        public Set<String> headers() {
            return Set.of();
        }

        @Override
        public boolean verifies(Delivery delivery, byte[] secret) {
            return false;
        }
    }

    private record NoMapper() implements Mapper {
        @Override
        public Optional<String> delivery(Delivery delivery, com.fasterxml.jackson.databind.JsonNode body) {
            return Optional.empty();
        }

        @Override
        public Meaning meaning(Delivery delivery, com.fasterxml.jackson.databind.JsonNode body) {
            return new Meaning.Nothing("nothing");
        }
    }
}
