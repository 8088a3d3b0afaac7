package dev.tiphys.platform.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.tiphys.platform.log.LogUnavailable;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns every failure of a request into a problem document. What nobody foresaw is logged under a number that the caller gets. */
final class ProblemMappers {
    private static final Duration COME_AGAIN = Duration.ofSeconds(2);
    private static final Logger log = Logger.getLogger(ProblemMappers.class);

    @ServerExceptionMapper
    public Response foreseen(ProblemException e) {
        String title = title(e.status());
        Problem problem = new Problem("about:blank", title, e.status(), e.getMessage(), e.findings());
        Response.ResponseBuilder answer =
                Response.status(e.status()).type(Problem.MEDIA_TYPE).entity(problem);
        Duration retryAfter = e.retryAfter();
        if (retryAfter != null) {
            answer.header("Retry-After", Math.max(1, retryAfter.toSeconds()));
        }
        return answer.build();
    }

    @ServerExceptionMapper
    public Response framework(WebApplicationException e) {
        int status = e.getResponse().getStatus();
        if (status < 400) {
            return e.getResponse();
        }
        String detail = e.getCause() instanceof JsonProcessingException json ? unreadable(json) : detail(status);
        Response.ResponseBuilder answer =
                Response.status(status).type(Problem.MEDIA_TYPE).entity(Problem.of(status, title(status), detail));
        String methods = e.getResponse().getHeaderString(HttpHeaders.ALLOW);
        return (methods == null ? answer : answer.header(HttpHeaders.ALLOW, methods)).build();
    }

    @ServerExceptionMapper
    public Response unfit(MismatchedInputException e) {
        return Response.status(400)
                .type(Problem.MEDIA_TYPE)
                .entity(Problem.of(400, title(400), unreadable(e)))
                .build();
    }

    @ServerExceptionMapper
    public Response brokerAway(LogUnavailable e) {
        log.warnf("request not done: %s", e.getMessage());
        return foreseen(ProblemException.unavailable(
                "the broker is away: nothing was done, or it is not known; try again", COME_AGAIN));
    }

    /** Whatever else: also errors and checked exceptions, none of which may show its insides. */
    @ServerExceptionMapper
    public Response unforeseen(Throwable e) {
        return switch (e) {
            case CompletionException wrapping
            when wrapping.getCause() instanceof ProblemException problem -> foreseen(problem);
            case CompletionException wrapping
            when wrapping.getCause() instanceof LogUnavailable away -> brokerAway(away);
            case Throwable fault -> fault(fault);
        };
    }

    private static Response fault(Throwable e) {
        String number = UUID.randomUUID().toString();
        log.errorf(e, "request failed, number %s", number);
        return Response.serverError()
                .type(Problem.MEDIA_TYPE)
                .entity(Problem.of(500, title(500), "this is a fault of the service; its log names it by " + number))
                .build();
    }

    /** Where the body is wrong; what the parser says names classes and shows what was sent. */
    static String unreadable(JsonProcessingException e) {
        JsonLocation place = e.getLocation();
        String at = place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
        String field = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
                        .collect(Collectors.joining("."))
                : "";
        return "the body is not the JSON that this address takes" + at + (field.isEmpty() ? "" : ", field " + field);
    }

    private static String title(int status) {
        Response.Status known = Response.Status.fromStatusCode(status);
        return known == null ? "Error" : known.getReasonPhrase();
    }

    private static String detail(int status) {
        return switch (status) {
            case 404 -> "there is nothing at this address";
            case 405 -> "this address does not take this method";
            case 406, 415 -> "this address does not speak this media type";
            default -> "the request cannot be handled; see the interface's description at /q/openapi";
        };
    }
}
