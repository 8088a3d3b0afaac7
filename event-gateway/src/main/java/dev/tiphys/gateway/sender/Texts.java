package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts in what a sender says: there and of use, or not there. */
final class Texts {
    private static final Pattern LINK = Pattern.compile("https?://[^\\s\\p{Cntrl}\"<>]{1,2000}");
    private static final int SHOWN = 250;
    private static final int LONGEST_TYPE = 200;

    private Texts() {}

    static @Nullable String text(JsonNode node) {
        return node.isTextual() && !node.textValue().isBlank() ? node.textValue() : null;
    }

    static Optional<String> found(JsonNode node) {
        return Optional.ofNullable(text(node));
    }

    static @Nullable String link(JsonNode node) {
        String text = text(node);
        return text != null && LINK.matcher(text).matches() ? text : null;
    }

    static @Nullable String firstLine(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String line = text.lines().findFirst().orElse("").strip();
        int end = Math.min(line.length(), SHOWN);
        return line.isEmpty() ? null : line.substring(0, end);
    }

    /** {@return what an event is called: what its sender says, if that is a name} */
    static String type(@Nullable String said, String otherwise) {
        return said == null || said.isBlank() || said.length() > LONGEST_TYPE ? otherwise : said;
    }
}
