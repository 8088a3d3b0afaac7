package dev.tiphys.platform.http;

import dev.tiphys.contracts.definition.Finding;
import dev.tiphys.platform.log.LogUnavailable;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;

/** An interface as services have one, with every way to fail. */
@Singleton
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
final class ExampleResource {
    record Order(String item, int count, Instant at) {}

    @GET
    @Path("api/example")
    public Page<String> list(@Context HttpHeaders headers) {
        return new Page<>(List.of(Actor.of(headers).name()), null);
    }

    @GET
    @Path("hooks/example")
    public String hook() {
        return "open";
    }

    @POST
    @Path("api/example")
    @Consumes(MediaType.APPLICATION_JSON)
    public Order order(Order order) {
        return order;
    }

    @GET
    @Path("api/example/{failure}")
    public String fail(@PathParam("failure") String failure) throws IOException {
        Exception away = new LogUnavailable("the broker did not take it", new IOException("secret-in-a-cause"));
        switch (failure) {
            case "unavailable" -> throw ProblemException.unavailable("the database is away", Duration.ofSeconds(7));
            case "findings" ->
                throw ProblemException.unprocessable(
                        "nothing was changed",
                        List.of(new Finding(Finding.Severity.ERROR, "shop.yaml", 3, 5, "spec.url", "it is no URL")));
            case "conflict" -> throw ProblemException.conflict("it is running");
            case "broker" -> throw (LogUnavailable) away;
            case "wrapped" -> throw new CompletionException(away);
            case "bug" -> throw new IllegalStateException("secret-in-a-bug");
            case "checked" -> throw new IOException("secret-in-a-bug");
            case "error" -> throw new StackOverflowError("secret-in-a-bug");
            default -> throw ProblemException.notFound("there is no failure " + failure);
        }
    }
}
