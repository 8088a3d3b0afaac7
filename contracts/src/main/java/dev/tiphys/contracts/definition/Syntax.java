package dev.tiphys.contracts.definition;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The forms of single texts in definitions. What says what is wrong answers null if nothing is. */
final class Syntax {
    static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    static final Pattern STEP = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?");
    static final Pattern PARAMETER = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");
    static final Pattern SECRET_PART = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?");
    static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~A-Za-z0-9-]+");

    /** What Kubernetes takes for an amount of a resource, which is never below 0. */
    static final Pattern QUANTITY =
            Pattern.compile("\\+?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+|[numkMGTPE]|[KMGTPE]i)?");

    /** The name of a container's variable: first as all clusters know it now, then as they did before 1.32. */
    static final Pattern VARIABLE = Pattern.compile("[ -<>-~]+");

    static final Pattern OLD_VARIABLE = Pattern.compile("[A-Za-z_.-][A-Za-z0-9_.-]*");

    static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern GO_PART = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ms|us|µs|ns|h|m|s)");
    private static final Pattern GO_DURATION = Pattern.compile("(?:" + GO_PART.pattern() + ")+");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})(Ki|Mi)?");
    private static final Pattern SERVERS = Pattern.compile("[^\\s,:/@]+:\\d{1,5}(,[^\\s,:/@]+:\\d{1,5})*");
    private static final Pattern SNS_TOPIC =
            Pattern.compile("arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\\.fifo)?");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
    private static final Pattern SCP_LIKE = Pattern.compile("(?:[^@/:\\s]+@)?[^/:\\s]+:(?!//)[^\\s]+");
    private static final Pattern SECRET_WORD =
            Pattern.compile(".*(password|passwd|passphrase|secret|token|api_?-?key|private_?-?key|credential).*");
    private static final Set<String> GIT_SCHEMES = Set.of("https", "http", "ssh", "git", "file");

    private Syntax() {}

    /** {@return whether a text holds an expression, so that its form shows only when a run resolves it} */
    static boolean holdsExpression(String text) {
        return text.contains("${{");
    }

    /** {@return whether what stands under this name is likely to be secret} */
    static boolean namesSecret(String name) {
        return SECRET_WORD.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }

    /** {@return the duration of a text such as {@code 1h30m}; empty if it is none} */
    static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofDays(amount(matcher.group(1)))
                .plusHours(amount(matcher.group(2)))
                .plusMinutes(amount(matcher.group(3)))
                .plusSeconds(amount(matcher.group(4)))
                .plusMillis(amount(matcher.group(5))));
    }

    /** {@return the duration of a text as Go writes it, such as {@code 1.5h} or {@code 1h30m}; empty if it is none} */
    static Optional<Duration> goDuration(String text) {
        if (!GO_DURATION.matcher(text).matches()) {
            return Optional.empty();
        }
        double nanos = 0;
        Matcher parts = GO_PART.matcher(text);
        while (parts.find()) {
            double unit = switch (parts.group(2)) {
                case "h" -> 3600e9;
                case "m" -> 60e9;
                case "s" -> 1e9;
                case "ms" -> 1e6;
                case "us", "µs" -> 1e3;
                default -> 1;
            };
            nanos += Double.parseDouble(parts.group(1)) * unit;
        }
        return Optional.of(Duration.ofNanos(Math.round(nanos)));
    }

    private static long amount(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /** {@return the bytes of a text such as {@code 25Mi}; empty if it is none} */
    static Optional<Long> size(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String unit = matcher.group(2);
        long bytes = unit == null ? 1 : unit.equals("Ki") ? 1024 : 1024 * 1024;
        return Optional.of(Long.parseLong(matcher.group(1)) * bytes);
    }

    /** {@return what is wrong with a time zone} */
    static @Nullable String wrongWithTimeZone(String zone) {
        Set<String> zones = ZoneId.getAvailableZoneIds();
        return zones.contains(zone)
                ? null
                : "expected a time zone of the IANA database such as Europe/Vienna or UTC"
                        + Suggestion.text(zone, zones);
    }

    /** {@return what is wrong with a namespace of a cluster} */
    static @Nullable String wrongWithNamespace(String namespace) {
        return holdsExpression(namespace) || LABEL.matcher(namespace).matches()
                ? null
                : "expected a namespace of lower-case letters, digits and -, up to 63, met \"" + namespace + "\"";
    }

    /** {@return what is wrong with the addresses of a Kafka cluster} */
    static @Nullable String wrongWithServers(String servers) {
        return SERVERS.matcher(servers).matches()
                ? null
                : "expected host:port, several with commas between and without spaces";
    }

    /** {@return what is wrong with the name of an SNS topic} */
    static @Nullable String wrongWithSnsTopic(String arn) {
        return SNS_TOPIC.matcher(arn).matches()
                ? null
                : "expected the ARN of a topic such as arn:aws:sns:eu-central-1:123456789012:releases";
    }

    /** {@return what is wrong with a glob} */
    static @Nullable String wrongWithGlob(String glob) {
        if (glob.isBlank()) {
            return "a glob must not be empty";
        }
        if (glob.startsWith("/")) {
            return "a glob begins at the root of the repository, without a slash";
        }
        int braces = 0;
        boolean bracket = false;
        for (int i = 0; i < glob.length(); i++) {
            char sign = glob.charAt(i);
            if (sign == '\\') {
                i++;
            } else if (bracket) {
                bracket = sign != ']';
            } else if (sign == '[') {
                bracket = true;
            } else if (sign == '{') {
                braces++;
            } else if (sign == '}' && --braces < 0) {
                return "the glob closes a brace that it did not open";
            }
        }
        return braces > 0 || bracket ? "the glob does not close what it opens" : null;
    }

    /** {@return what is wrong with an address of an HTTP server} */
    static @Nullable String wrongWithHttpUrl(String url) {
        if (holdsExpression(url)) {
            boolean plausible = url.startsWith("${{") || url.startsWith("https://") || url.startsWith("http://");
            return plausible ? null : "expected an address that begins with https:// or http://";
        }
        try {
            URI uri = new URI(url);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if ((!scheme.equals("https") && !scheme.equals("http")) || uri.getHost() == null) {
                return "expected an address such as https://host/path";
            }
            return uri.getRawUserInfo() == null
                    ? null
                    : "an address must not hold a user or password: it is kept as it is";
        } catch (URISyntaxException e) {
            return "expected an address such as https://host/path; it has a sign that does not belong there";
        }
    }

    /** {@return what is wrong with an address that is fixed, so that no run resolves a part of it} */
    static @Nullable String wrongWithFixedUrl(String url) {
        return holdsExpression(url)
                ? "expected an address such as https://host/path; no run resolves an expression here"
                : wrongWithHttpUrl(url);
    }

    /** {@return what is wrong with an address whose answers are believed} */
    static @Nullable String wrongWithTrustedUrl(String url) {
        String wrong = wrongWithFixedUrl(url);
        if (wrong != null) {
            return wrong;
        }
        URI uri = URI.create(url);
        boolean safe = "https".equalsIgnoreCase(uri.getScheme()) || LOOPBACK.contains(uri.getHost());
        return safe ? null : "expected an address that begins with https://: anyone on the way could answer for it";
    }

    /** {@return what is wrong with an address of a Git repository} */
    static @Nullable String wrongWithGitUrl(String url) {
        String expected = "expected an address such as https://host/owner/name.git, ssh://git@host/owner/name.git,"
                + " git@host:owner/name.git or file:///path";
        if (!url.contains("://")) {
            return SCP_LIKE.matcher(url).matches() ? null : expected;
        }
        try {
            URI uri = new URI(url);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            String path = uri.getPath() == null ? "" : uri.getPath();
            if (!GIT_SCHEMES.contains(scheme) || path.replace("/", "").isEmpty()) {
                return expected;
            }
            if (!scheme.equals("file") && uri.getHost() == null) {
                return expected;
            }
            String user = uri.getRawUserInfo();
            boolean secret = user != null && (!scheme.equals("ssh") || user.contains(":"));
            return secret
                    ? "an address must not hold a user or password: name them by credentials: {secretRef: {name: …}}"
                    : null;
        } catch (URISyntaxException e) {
            return expected;
        }
    }
}
