package dev.tiphys.gateway.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import java.util.Base64;
import java.util.Optional;

/**
 * A JSON Web Token, read and not believed.
 *
 * @param signed what is signed
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Jwt(JsonNode header, JsonNode claims, byte[] signed, byte[] signature) {
    private static final int LONGEST = 16 * 1024;

    /** {@return the token; empty if it is none, or too long for one} */
    static Optional<Jwt> of(String token) {
        String[] parts = token.length() > LONGEST ? new String[0] : token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            Base64.Decoder decoder = Base64.getUrlDecoder();
            Optional<JsonNode> header = Json.exactTree(decoder.decode(parts[0])).filter(JsonNode::isObject);
            Optional<JsonNode> claims = Json.exactTree(decoder.decode(parts[1])).filter(JsonNode::isObject);
            byte[] signature = decoder.decode(parts[2]);
            byte[] signed = (parts[0] + "." + parts[1]).getBytes(US_ASCII);
            return header.flatMap(known -> claims.map(said -> new Jwt(known, said, signed, signature)));
        } catch (IllegalArgumentException e) {
            // No Base64, and so no token.
            return Optional.empty();
        }
    }
}
