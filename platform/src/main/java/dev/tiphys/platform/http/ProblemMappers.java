package dev.tiphys.platform.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns every failure of a request into a problem document. What nobody foresaw is logged under a number that the caller gets. */
final class ProblemMappers {
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
        return Response.status(status)
                .type(Problem.MEDIA_TYPE)
                .entity(Problem.of(status, title(status), detail(status)))
                .build();
    }

    @ServerExceptionMapper
    public Response unforeseen(RuntimeException e) {
        String number = UUID.randomUUID().toString();
        log.errorf(e, "request failed, number %s", number);
        return Response.serverError()
                .type(Problem.MEDIA_TYPE)
                .entity(Problem.of(500, title(500), "this is a fault of the service; its log names it by " + number))
                .build();
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
