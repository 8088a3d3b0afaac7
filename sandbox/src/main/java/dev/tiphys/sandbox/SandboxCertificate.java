package dev.tiphys.sandbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A self-signed certificate for 127.0.0.1 with its key. Kubectl sends a bearer token over TLS only, so a sandbox that
 * wants a token needs a certificate; the JDK reads certificates but has no public way to make one.
 */
record SandboxCertificate(KeyPair keys, X509Certificate certificate) {

    private static final Duration LIFE = Duration.ofDays(3650);
    private static final DateTimeFormatter DER_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int BOOLEAN = 0x01;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int UTF8_STRING = 0x0c;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int VERSION_TAG = 0xa0;
    private static final int EXTENSIONS_TAG = 0xa3;
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;

    private static final byte[] ECDSA_WITH_SHA256 = hex("06082a8648ce3d040302");
    private static final byte[] COMMON_NAME = hex("0603550403");
    private static final byte[] BASIC_CONSTRAINTS = hex("0603551d13");
    private static final byte[] SUBJECT_ALTERNATIVE_NAME = hex("0603551d11");

    static SandboxCertificate create(Instant now) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        byte[] algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
        byte[] body = toBeSigned(keys, algorithm, now);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(body);
        byte[] certificate = der(SEQUENCE, body, algorithm, der(BIT_STRING, new byte[] {0}, signature.sign()));
        return new SandboxCertificate(keys, (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate)));
    }

    private static byte[] toBeSigned(KeyPair keys, byte[] algorithm, Instant now) {
        byte[] name = der(
                SEQUENCE,
                der(
                        SET,
                        der(
                                SEQUENCE,
                                COMMON_NAME,
                                der(UTF8_STRING, "tiphys-sandbox".getBytes(StandardCharsets.UTF_8)))));
        byte[] validity = der(
                SEQUENCE,
                // An hour back: a client whose clock lags a little must not refuse a fresh certificate.
                time(now.minus(Duration.ofHours(1))),
                time(now.plus(LIFE)));
        return der(
                SEQUENCE,
                der(VERSION_TAG, der(INTEGER, new byte[] {2})),
                der(INTEGER, new BigInteger(120, new SecureRandom()).toByteArray()),
                algorithm,
                name,
                validity,
                name,
                keys.getPublic().getEncoded(),
                der(EXTENSIONS_TAG, der(SEQUENCE, isItsOwnAuthority(), isForLoopback())));
    }

    private static byte[] isItsOwnAuthority() {
        byte[] yes = der(BOOLEAN, new byte[] {(byte) 0xff});
        return der(SEQUENCE, BASIC_CONSTRAINTS, yes, der(OCTET_STRING, der(SEQUENCE, yes)));
    }

    private static byte[] isForLoopback() {
        byte[] names = der(
                SEQUENCE,
                der(IP_ADDRESS, new byte[] {127, 0, 0, 1}),
                der(DNS_NAME, "localhost".getBytes(StandardCharsets.US_ASCII)));
        return der(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, der(OCTET_STRING, names));
    }

    private static byte[] time(Instant instant) {
        return der(GENERALIZED_TIME, DER_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        int length = content.size();
        if (length < 0x80) {
            whole.write(length);
        } else if (length < 0x100) {
            whole.write(0x81);
            whole.write(length);
        } else {
            whole.write(0x82);
            whole.write(length >> 8);
            whole.write(length);
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }

    private static byte[] hex(String digits) {
        return java.util.HexFormat.of().parseHex(digits);
    }
}
