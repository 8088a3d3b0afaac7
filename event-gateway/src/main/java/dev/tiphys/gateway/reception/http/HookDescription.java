package dev.tiphys.gateway.reception.http;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** Describes {@code POST /hooks/{name}}, which is no REST resource because its bytes are judged before they are parsed. */
final class HookDescription {
    private static final int BEFORE_WHAT_HOLDS_FOR_ALL = 100;

    private static final Map<String, String> ANSWERS = new TreeMap<>(Map.ofEntries(
            Map.entry("200", "The answer that the sender asked for"),
            Map.entry("400", "It is genuine and cannot be understood"),
            Map.entry("401", "Nothing proves who sent it"),
            Map.entry("403", "It is genuine and about another repository or topic"),
            Map.entry("405", "By another method than the endpoint's"),
            Map.entry("408", "The body did not come to its end in time"),
            Map.entry("413", "The body is too large"),
            Map.entry("415", "The body has a form that is not read here"),
            Map.entry("429", "It comes too often; Retry-After says when it may"),
            Map.entry("431", "The headers are larger than the endpoint takes, or than the server reads"),
            Map.entry("503", "It could not be kept at the moment; Retry-After says when to deliver it again")));

    private HookDescription() {}

    /** Public because the framework makes it at build time, by its name. */
    @OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD, priority = BEFORE_WHAT_HOLDS_FOR_ALL)
    public static final class Filter implements OASFilter {
        @Override
        public void filterOpenAPI(OpenAPI description) {
            if (description.getPaths() == null) {
                description.setPaths(OASFactory.createPaths());
            }
            description
                    .getPaths()
                    .addPathItem("/hooks/{name}", OASFactory.createPathItem().POST(hook()));
        }
    }

    private static Operation hook() {
        Schema accepted = OASFactory.createSchema()
                .addType(Schema.SchemaType.OBJECT)
                .addProperty("event", OASFactory.createSchema().addType(Schema.SchemaType.STRING));
        APIResponses answers = OASFactory.createAPIResponses()
                .addAPIResponse(
                        "202",
                        OASFactory.createAPIResponse()
                                .description("The log has it, or it is not for this endpoint")
                                .content(json(accepted)));
        ANSWERS.forEach((status, description) ->
                answers.addAPIResponse(status, OASFactory.createAPIResponse().description(description)));
        return OASFactory.createOperation()
                .operationId("receive")
                .addTag("Hooks")
                .summary("Takes a delivery of a repository or source; its signature or its own token is its permission")
                .addParameter(OASFactory.createParameter()
                        .name("name")
                        .in(Parameter.In.PATH)
                        .required(true)
                        .description("The name of a Repository or a Source; EVENTSOURCE/EVENT for one of Argo's")
                        .schema(OASFactory.createSchema().addType(Schema.SchemaType.STRING)))
                .requestBody(OASFactory.createRequestBody().required(true).content(json(OASFactory.createSchema())))
                .responses(answers);
    }

    private static Content json(Schema schema) {
        return OASFactory.createContent()
                .addMediaType("application/json", OASFactory.createMediaType().schema(schema));
    }
}
