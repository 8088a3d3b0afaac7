package dev.tiphys.gateway.delivery;

import dev.tiphys.contracts.definition.Limits;
import java.util.Set;

/**
 * Where a sender delivers.
 *
 * @param name the last part of its address; with a slash in it for an event of an EventSource
 * @param owner the name of the definition that it is of
 * @param sender who is understood there, for people
 * @param methods what it takes, in capital letters
 */
public record Endpoint(
        String name,
        String owner,
        String sender,
        Credentials credentials,
        Verifier verifier,
        Mapper mapper,
        Set<String> methods,
        Limits limits) {
    /** What nearly all senders use. */
    public static final Set<String> POST = Set.of("POST");

    public Endpoint {
        methods = Set.copyOf(methods);
    }
}
