package dev.tiphys.platform.http;

import dev.tiphys.contracts.definition.Finding;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that is answered with {@code application/problem+json}. The detail is for the caller: no internals, no secrets. */
public final class ProblemException extends RuntimeException {
    private final int status;
    private final List<Finding> findings;
    private final @Nullable Duration retryAfter;

    private ProblemException(int status, String detail, List<Finding> findings, @Nullable Duration retryAfter) {
        super(detail);
        this.status = status;
        this.findings = List.copyOf(findings);
        this.retryAfter = retryAfter;
    }

    /** {@return 400: the request itself is malformed} */
    public static ProblemException badRequest(String detail) {
        return new ProblemException(400, detail, List.of(), null);
    }

    /** {@return 403: known, but not allowed} */
    public static ProblemException forbidden(String detail) {
        return new ProblemException(403, detail, List.of(), null);
    }

    /** {@return 404: it names something that is not there} */
    public static ProblemException notFound(String detail) {
        return new ProblemException(404, detail, List.of(), null);
    }

    /** {@return 409: not in the present state} */
    public static ProblemException conflict(String detail) {
        return new ProblemException(409, detail, List.of(), null);
    }

    /** {@return 410: it was there and is not any more, or was not kept} */
    public static ProblemException gone(String detail) {
        return new ProblemException(410, detail, List.of(), null);
    }

    /** {@return 413: more than is taken} */
    public static ProblemException tooLarge(String detail) {
        return new ProblemException(413, detail, List.of(), null);
    }

    /** {@return 422: well-formed, but wrong; the findings say where} */
    public static ProblemException unprocessable(String detail, List<Finding> findings) {
        return new ProblemException(422, detail, findings, null);
    }

    /** {@return 503: try again after some time} */
    public static ProblemException unavailable(String detail, Duration retryAfter) {
        return new ProblemException(503, detail, List.of(), retryAfter);
    }

    public int status() {
        return status;
    }

    List<Finding> findings() {
        return findings;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
