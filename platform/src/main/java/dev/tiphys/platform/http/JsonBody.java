package dev.tiphys.platform.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.tiphys.contracts.Json;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Bodies of requests. Unlike records of the log, they hold no field that is not known: whoever sent it meant something. */
public final class JsonBody {

    private JsonBody() {}

    /**
     * {@return a body, whatever its content type says; null if it is empty}
     *
     * @throws ProblemException if it is no JSON of that type, or holds a field that the type does not have
     */
    public static <T> @Nullable T read(@Nullable String body, Class<T> type) {
        if (body == null || body.isBlank()) {
            return null;
        }
        try {
            return Json.mapper()
                    .readerFor(type)
                    .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(body);
        } catch (UnrecognizedPropertyException e) {
            throw (ProblemException) ProblemException.badRequest(unknown(e)).initCause(e);
        } catch (JsonProcessingException e) {
            throw (ProblemException)
                    ProblemException.badRequest(ProblemMappers.unreadable(e)).initCause(e);
        }
    }

    private static String unknown(UnrecognizedPropertyException e) {
        String known =
                e.getKnownPropertyIds().stream().map(Objects::toString).sorted().collect(Collectors.joining(", "));
        return "the body has a field " + e.getPropertyName() + ", which is not known here; it takes "
                + (known.isEmpty() ? "no fields" : known);
    }
}
