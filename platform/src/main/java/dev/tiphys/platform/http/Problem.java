package dev.tiphys.platform.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tiphys.contracts.definition.Finding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of an error, as RFC 9457 says. */
record Problem(
        String type,
        String title,
        int status,
        @Nullable String detail,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Finding> findings) {

    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(int status, String title, @Nullable String detail) {
        return new Problem("about:blank", title, status, detail, List.of());
    }
}
