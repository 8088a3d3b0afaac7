package dev.tiphys.notifier.card;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Slack's markup, made from text that anyone may have written. {@code & < >} are escaped everywhere, so that no text
 * becomes a mention or a link; what does not fit is cut before it is escaped, so that no entity is torn.
 */
final class Mrkdwn {
    private static final String ELLIPSIS = "…";
    private static final int MAX_URL = 2000;
    private static final int QUOTED_LINES = 60;
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Mrkdwn() {}

    /** {@return the text on one line, escaped, at most {@code max} characters long as Slack counts} */
    static String line(String text, int max) {
        return escaped(text.strip().replaceAll("[\\s\\p{Cntrl}]+", " "), max);
    }

    /** {@return the text with its lines, escaped} */
    static String paragraph(String text, int max) {
        return escaped(text.strip().replace("\r", "").replaceAll("[\\p{Cntrl}&&[^\\n]]", " "), max);
    }

    /** {@return the text as a quotation, its first lines} */
    static String quote(String text, int max) {
        String lines = text.strip().lines().limit(QUOTED_LINES).collect(Collectors.joining("\n"));
        return "> " + paragraph(lines, max).replace("\n", "\n> ");
    }

    /** {@return a link if the address is one of the web, else the label alone} */
    static String link(@Nullable String url, String label, int max) {
        String shown = line(label, max);
        String address = web(url);
        return address == null ? shown : "<" + address + "|" + shown.replace("|", "¦") + ">";
    }

    /** {@return whether {@link #link} would make a link of it} */
    static boolean linkable(@Nullable String url) {
        return web(url) != null;
    }

    /** {@return the time of day in the reader's own zone} */
    static String time(Instant at) {
        return "<!date^" + at.getEpochSecond() + "^{time}|" + MINUTE.format(at) + ">";
    }

    /** {@return for example {@code 42s}, {@code 3m 05s}, {@code 1h 02m}} */
    static String duration(Instant from, Instant to) {
        Duration took = Duration.between(from, to);
        if (took.isNegative()) {
            return "0s";
        }
        if (took.toHours() > 0) {
            return String.format(Locale.ROOT, "%dh %02dm", took.toHours(), took.toMinutesPart());
        }
        if (took.toMinutes() > 0) {
            return String.format(Locale.ROOT, "%dm %02ds", took.toMinutes(), took.toSecondsPart());
        }
        return took.toSeconds() + "s";
    }

    private static String escaped(String text, int max) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            String written = escape(point);
            boolean isLast = at + Character.charCount(point) >= text.length();
            int room = max - out.length() - written.length() - (isLast ? 0 : ELLIPSIS.length());
            if (room < 0) {
                return out.append(ELLIPSIS).toString();
            }
            out.append(written);
            at += Character.charCount(point);
        }
        return out.toString();
    }

    private static String escape(int point) {
        return switch (point) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            default -> Character.toString(point);
        };
    }

    private static @Nullable String web(@Nullable String url) {
        if (url == null || url.length() > MAX_URL) {
            return null;
        }
        try {
            URI uri = new URI(url.strip());
            String scheme = uri.getScheme();
            boolean isWeb = "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
            // A user in the address may be a password: such a link is not shown.
            if (!isWeb || uri.getHost() == null || uri.getRawUserInfo() != null) {
                return null;
            }
            return uri.toASCIIString().replace("&", "&amp;");
        } catch (URISyntaxException _) {
            return null;
        }
    }
}
