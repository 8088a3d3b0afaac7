package dev.tiphys.gateway.reception.http;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/** Describes {@code POST /hooks/{name}}, which is no REST resource because its bytes are judged before they are parsed. */
final class HookDescription {
    private static final int BEFORE_WHAT_HOLDS_FOR_ALL = 100;

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
        return OASFactory.createOperation()
                .operationId("receive")
                .addTag("Hooks")
                .summary("Takes a delivery of a repository or source; its signature or its own token is its permission")
                .addParameter(OASFactory.createParameter()
                        .name("name")
                        .in(Parameter.In.PATH)
                        .required(true)
                        .description("The name of a Repository or a Source")
                        .schema(OASFactory.createSchema().addType(Schema.SchemaType.STRING)))
                .requestBody(OASFactory.createRequestBody().required(true).content(json(OASFactory.createSchema())))
                .responses(OASFactory.createAPIResponses()
                        .addAPIResponse(
                                "202",
                                OASFactory.createAPIResponse()
                                        .description("The log has it, or it is not for this endpoint")
                                        .content(json(accepted)))
                        .addAPIResponse("413", OASFactory.createAPIResponse().description("The body is too large"))
                        .addAPIResponse(
                                "415",
                                OASFactory.createAPIResponse().description("The body is not plain application/json")));
    }

    private static Content json(Schema schema) {
        return OASFactory.createContent()
                .addMediaType("application/json", OASFactory.createMediaType().schema(schema));
    }
}
