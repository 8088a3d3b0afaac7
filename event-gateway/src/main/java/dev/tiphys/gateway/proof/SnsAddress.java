package dev.tiphys.gateway.proof;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses of SNS that may be asked. The host alone is not enough: SNS' own API answers at the same host, and whoever
 * asks it can be made to read almost anything.
 */
public final class SnsAddress {
    private static final Pattern HOST = Pattern.compile("sns\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?");
    private static final Pattern TOPIC = Pattern.compile("arn:[^:]+:sns:([a-z0-9-]+):[^:]*:.+");
    private static final Pattern CERTIFICATE = Pattern.compile("/SimpleNotificationService-[0-9a-zA-Z]{1,64}\\.pem");
    private static final Pattern CONFIRMATION = Pattern.compile("Action=ConfirmSubscription(&[^#]{0,4000})?");

    private SnsAddress() {}

    /**
     * {@return where SNS publishes a certificate; empty if it does not do so there}
     *
     * @param topic whose messages it signs: a topic's region signs them, and no other one is asked
     */
    static Optional<URI> certificate(String address, String topic) {
        return ofSns(address)
                .filter(uri -> region(topic)
                        .map(region -> uri.getHost().startsWith("sns." + region + "."))
                        .orElse(false))
                .filter(uri -> uri.getRawQuery() == null)
                .filter(uri -> CERTIFICATE.matcher(uri.getRawPath()).matches());
    }

    /** {@return where a subscription is confirmed; empty if it is not confirmed there} */
    public static Optional<URI> confirmation(String address) {
        return ofSns(address)
                .filter(uri -> uri.getRawPath().equals("/"))
                .filter(uri -> uri.getRawQuery() != null
                        && CONFIRMATION.matcher(uri.getRawQuery()).matches());
    }

    private static Optional<String> region(String topic) {
        Matcher arn = TOPIC.matcher(topic);
        return arn.matches() ? Optional.of(arn.group(1)) : Optional.empty();
    }

    private static Optional<URI> ofSns(String address) {
        return SnsVerifier.uri(address)
                .filter(uri -> "https".equals(uri.getScheme()))
                .filter(uri ->
                        uri.getHost() != null && HOST.matcher(uri.getHost()).matches())
                .filter(uri -> uri.getRawUserInfo() == null && uri.getPort() == -1 && uri.getRawFragment() == null);
    }
}
