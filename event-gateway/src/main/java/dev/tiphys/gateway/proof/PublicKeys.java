package dev.tiphys.gateway.proof;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;

/** Signatures by published keys. */
enum PublicKeys {
    RS1("RSA", "SHA1withRSA"),
    RS256("RSA", "SHA256withRSA"),
    ES256("EC", "SHA256withECDSAinP1363Format");

    private static final int SHORTEST_RSA = 2048;

    private final String family;
    private final String algorithm;

    PublicKeys(String family, String algorithm) {
        this.family = family;
        this.algorithm = algorithm;
    }

    /**
     * {@return whether the key made the signature}
     *
     * @param key in X.509's encoding; one of another family makes no signature
     */
    boolean signed(byte[] key, byte[] text, byte[] given) {
        try {
            PublicKey known = KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(key));
            if (known instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < SHORTEST_RSA) {
                return false;
            }
            Signature signature = Signature.getInstance(algorithm);
            signature.initVerify(known);
            signature.update(text);
            return signature.verify(given);
        } catch (GeneralSecurityException e) {
            // No signature of this key.
            return false;
        }
    }
}
