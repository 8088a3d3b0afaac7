package dev.tiphys.platform.http;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.regex.Pattern;

/** The person or program behind a request, as it says itself: everyone who has the token is trusted to say so. */
public record Actor(String name) {
    /** The header that names the actor. */
    public static final String HEADER = "Tiphys-Actor";

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ._@+-]{1,100}");

    public Actor {
        if (!NAME.matcher(name).matches()) {
            throw ProblemException.badRequest(
                    "the header " + HEADER + " must be 1 to 100 letters, digits, spaces and . _ @ + -");
        }
    }

    /** {@return the actor that the request names; {@code api} if it names none} */
    public static Actor of(HttpHeaders headers) {
        String name = headers.getHeaderString(HEADER);
        return new Actor(name == null || name.isBlank() ? "api" : name.strip());
    }
}
