package dev.tiphys.gateway.proof.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the forms in which keys are published. What comes out is in X.509's encoding. */
final class PublishedForms {
    private static final int MAX_KEYS = 100;

    private PublishedForms() {}

    /** {@return the keys for signatures of a JSON Web Key Set, by id; those that cannot be read are left out} */
    static Map<String, byte[]> keySet(byte[] bytes) throws IOException {
        JsonNode list = Json.exactTree(bytes)
                .orElseThrow(() -> new IOException("a key set is JSON"))
                .path("keys");
        if (!list.isArray() || list.size() > MAX_KEYS) {
            throw new IOException("a key set has up to " + MAX_KEYS + " keys");
        }
        Map<String, byte[]> keys = new LinkedHashMap<>();
        for (JsonNode key : list) {
            boolean signs = key.path("use").asText("sig").equals("sig");
            if (signs && key.path("kid").isTextual()) {
                key(key).ifPresent(encoded -> keys.put(key.path("kid").textValue(), encoded));
            }
        }
        return keys;
    }

    private static Optional<byte[]> key(JsonNode key) {
        try {
            return switch (key.path("kty").asText("")) {
                case "RSA" ->
                    Optional.of(KeyFactory.getInstance("RSA")
                            .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")))
                            .getEncoded());
                case "EC" -> key.path("crv").asText("").equals("P-256") ? Optional.of(p256(key)) : Optional.empty();
                default -> Optional.empty();
            };
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // A key that is none; the others of the set may be.
            return Optional.empty();
        }
    }

    private static byte[] p256(JsonNode key) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(
                        new ECPoint(number(key, "x"), number(key, "y")),
                        parameters.getParameterSpec(ECParameterSpec.class)))
                .getEncoded();
    }

    private static BigInteger number(JsonNode key, String field) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(field).asText("")));
    }

    /** {@return where an issuer's discovery document says its keys are} */
    static URI keysUrl(byte[] document, URI issuer) throws IOException {
        JsonNode said = Json.exactTree(document).orElseThrow(() -> new IOException("a discovery document is JSON"));
        if (!said.path("issuer").asText("").equals(issuer.toString())) {
            throw new IOException("the discovery document is of another issuer");
        }
        try {
            return URI.create(said.path("jwks_uri").asText(""));
        } catch (IllegalArgumentException e) {
            throw new IOException("the discovery document names no keys", e);
        }
    }

    /** {@return the key of a certificate that is valid at a moment} */
    static byte[] certificate(byte[] pem, Instant now) throws IOException {
        try {
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
            certificate.checkValidity(Date.from(now));
            return certificate.getPublicKey().getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate is none, or not valid now", e);
        }
    }
}
