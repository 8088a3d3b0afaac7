package dev.tiphys.gateway.proof;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.definition.Verification.Oidc;
import dev.tiphys.gateway.delivery.Credentials;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.KeyPlace;
import dev.tiphys.gateway.delivery.Verifier;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A JSON Web Token of an OpenID Connect issuer. Only RS256 and ES256 are signatures here; the key's own family must fit, so
 * that no public key is taken for a shared one.
 */
record OidcVerifier(Oidc policy) implements Verifier, Credentials.Where {
    private static final Duration LEEWAY = Duration.ofMinutes(1);
    private static final Pattern KEY_ID = Pattern.compile("[\\x21-\\x7e]{1,200}");
    private static final Map<String, PublicKeys> ALGORITHMS =
            Map.of("RS256", PublicKeys.RS256, "ES256", PublicKeys.ES256);

    @Override
    public Set<String> headers() {
        return Set.of(Authorization.HEADER);
    }

    /** Nobody is asked for the key of a token that would not be let in anyway. */
    @Override
    public Optional<KeyPlace> of(Delivery delivery) {
        Optional<Jwt> token = acceptable(delivery);
        String keysUrl = policy.keysUrl();
        return token.map(jwt -> jwt.header().path("kid").asText(""))
                .filter(kid -> KEY_ID.matcher(kid).matches())
                .map(kid -> keysUrl == null
                        ? new KeyPlace.Discovered(URI.create(policy.issuer()), kid)
                        : new KeyPlace.KeySet(URI.create(keysUrl), kid));
    }

    @Override
    public boolean verifies(Delivery delivery, byte[] key) {
        return acceptable(delivery)
                .filter(token -> algorithm(token)
                        .filter(algorithm -> algorithm.signed(key, token.signed(), token.signature()))
                        .isPresent())
                .isPresent();
    }

    private Optional<Jwt> acceptable(Delivery delivery) {
        return Jwt.of(Authorization.of(delivery, "Bearer"))
                .filter(token -> algorithm(token).isPresent())
                // Whoever says that something must be understood that is not, is not let in.
                .filter(token -> !token.header().has("crit"))
                .filter(token -> intended(token.claims()) && timely(token.claims(), delivery.receivedAt()));
    }

    private static Optional<PublicKeys> algorithm(Jwt token) {
        return Optional.ofNullable(ALGORITHMS.get(token.header().path("alg").asText("")));
    }

    private boolean intended(JsonNode claims) {
        JsonNode issuer = claims.path("iss");
        return issuer.isTextual()
                && issuer.textValue().equals(policy.issuer())
                && texts(claims.path("aud")).contains(policy.audience())
                && policy.claims().entrySet().stream()
                        .allMatch(wanted -> fits(wanted.getValue(), texts(claims.path(wanted.getKey()))));
    }

    private static boolean fits(List<String> globs, List<String> given) {
        return given.stream().anyMatch(text -> globs.stream().anyMatch(glob -> Glob.matches(glob, text)));
    }

    private static boolean timely(JsonNode claims, Instant now) {
        long latest = now.plus(LEEWAY).getEpochSecond();
        long earliest = now.minus(LEEWAY).getEpochSecond();
        JsonNode expires = claims.path("exp");
        return isMoment(expires)
                && expires.longValue() > earliest
                && notAfter(claims.path("nbf"), latest)
                && notAfter(claims.path("iat"), latest);
    }

    private static boolean notAfter(JsonNode moment, long latest) {
        return moment.isMissingNode() || (isMoment(moment) && moment.longValue() <= latest);
    }

    private static boolean isMoment(JsonNode node) {
        return node.isNumber() && node.canConvertToLong();
    }

    private static List<String> texts(JsonNode claim) {
        Stream<JsonNode> items = claim.isArray() ? StreamSupport.stream(claim.spliterator(), false) : Stream.of(claim);
        return items.filter(item -> item.isTextual() || item.isBoolean() || item.isIntegralNumber())
                .map(JsonNode::asText)
                .toList();
    }
}
