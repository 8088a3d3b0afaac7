package dev.tiphys.gateway.sender;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.delivery.Delivery;
import dev.tiphys.gateway.delivery.Mapper.Meaning;
import java.util.Optional;
import java.util.stream.Stream;

/** The senders that Argo Events knows: where each says what it is about, and which shape Argo gives its payload. */
enum ArgoSender {
    WEBHOOK(Shape.HEADER, "", ""),
    GITHUB(Shape.HEADERS, "x-github-event", "/repository/full_name"),
    GITLAB(Shape.HEADERS, "x-gitlab-event", "/project/path_with_namespace"),
    BITBUCKET(Shape.HEADERS, "x-event-key", "/repository/full_name"),
    BITBUCKETSERVER(Shape.HEADERS, "x-event-key", ""),
    GERRIT(Shape.HEADERS, "", "/change/project"),
    SLACK(Shape.WHOLE, "", ""),
    STRIPE(Shape.EVENT, "", ""),
    SNS(Shape.HEADER, "", ""),
    STORAGEGRID(Shape.NOTIFICATION, "", "");

    private final Shape shape;
    private final String typeHeader;
    private final String repository;

    ArgoSender(Shape shape, String typeHeader, String repository) {
        this.shape = shape;
        this.typeHeader = typeHeader;
        this.repository = repository;
    }

    /** Where Argo puts a request. */
    enum Shape {
        /** Headers in {@code header}, the body in {@code body}. */
        HEADER,
        /** Headers in {@code headers}, the body in {@code body}. */
        HEADERS,
        /** The body in {@code event}. */
        EVENT,
        /** The body in {@code notification}. */
        NOTIFICATION,
        /** The body alone. */
        WHOLE
    }

    /** {@return the sender of a type of EventSource; a type that is not known here is a plain webhook} */
    static ArgoSender of(String type) {
        return Stream.of(values())
                .filter(sender -> sender.name().equalsIgnoreCase(type))
                .findFirst()
                .orElse(WEBHOOK);
    }

    Shape shape() {
        return shape;
    }

    /** {@return the kind of event, in the sender's word} */
    Optional<String> type(Delivery delivery, JsonNode body) {
        return switch (this) {
            case GITHUB, GITLAB, BITBUCKET, BITBUCKETSERVER -> delivery.header(typeHeader);
            case GERRIT, STRIPE -> Texts.found(body.path("type"));
            case SLACK -> Optional.of(SlackMapper.type(body));
            case SNS -> Texts.found(body.path("Type"));
            case STORAGEGRID -> StorageGrid.type(body);
            case WEBHOOK -> Optional.empty();
        };
    }

    /** {@return the repository that it is about} */
    Optional<String> repository(JsonNode body) {
        if (this == BITBUCKETSERVER) {
            return Texts.found(body.at("/repository/project/key"))
                    .flatMap(key -> Texts.found(body.at("/repository/slug")).map(slug -> key + "/" + slug));
        }
        return repository.isEmpty() ? Optional.empty() : Texts.found(body.at(repository));
    }

    /** {@return the sender's own id of the delivery} */
    Optional<String> delivery(Delivery delivery, JsonNode body) {
        return switch (this) {
            case GITHUB -> delivery.header("x-github-delivery");
            case GITLAB -> delivery.header("idempotency-key").or(() -> delivery.header("x-gitlab-event-uuid"));
            case BITBUCKET -> delivery.header("x-request-uuid");
            case BITBUCKETSERVER -> delivery.header("x-request-id");
            case STRIPE -> Texts.found(body.path("id"));
            case SLACK -> Texts.found(body.path("event_id"));
            case SNS -> Texts.found(body.path("MessageId"));
            case WEBHOOK, GERRIT, STORAGEGRID -> Optional.empty();
        };
    }

    /** {@return what the sender asks instead of telling; empty if it tells} */
    Optional<Meaning> asks(JsonNode body) {
        return switch (this) {
            case SLACK -> SlackMapper.challenge(body);
            case SNS -> SnsMapper.invitation(body);
            case WEBHOOK, GITHUB, GITLAB, BITBUCKET, BITBUCKETSERVER, GERRIT, STRIPE, STORAGEGRID -> Optional.empty();
        };
    }
}
