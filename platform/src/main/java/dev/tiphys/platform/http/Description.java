package dev.tiphys.platform.http;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/** Adds to the description of the interface what holds for every address: the token, and the form and kinds of errors. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class Description implements OASFilter {
    private static final String TOKEN = "token";
    private static final String HOOKS = "/hooks/";
    private static final String PROBLEM = "Problem";

    @Override
    public void filterOpenAPI(OpenAPI description) {
        description.setInfo(OASFactory.createInfo()
                .title("Tiphys")
                .version("v1")
                .description(
                        "Takes a change from git push to a healthy environment. Errors are application/problem+json."));
        if (description.getComponents() == null) {
            description.setComponents(OASFactory.createComponents());
        }
        description.getComponents().addSchema(PROBLEM, problem());
        for (Failure failure : Failure.values()) {
            description.getComponents().addResponse(failure.name, answer(failure.meaning));
        }
        description
                .getComponents()
                .addSecurityScheme(
                        TOKEN,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer"));
        if (description.getPaths() == null) {
            return;
        }
        Map<String, PathItem> paths = description.getPaths().getPathItems();
        paths.forEach((path, item) ->
                item.getOperations().forEach((method, operation) -> complete(path, item, method, operation)));
    }

    private static void complete(String path, PathItem item, PathItem.HttpMethod method, Operation operation) {
        if (!path.startsWith(HOOKS)) {
            operation.setSecurity(List.of(OASFactory.createSecurityRequirement().addScheme(TOKEN)));
        }
        APIResponses answers = operation.getResponses();
        if (answers == null) {
            answers = OASFactory.createAPIResponses();
            operation.setResponses(answers);
        }
        for (Failure failure : Failure.values()) {
            if (failure.isPossible(path, item, method, operation) && !answers.hasAPIResponse(failure.status)) {
                answers.addAPIResponse(
                        failure.status, OASFactory.createAPIResponse().ref("#/components/responses/" + failure.name));
            }
        }
    }

    /** How a request can fail. */
    private enum Failure {
        MALFORMED("400", "Malformed", "The request is malformed; the detail says where."),
        UNAUTHORISED("401", "Unauthorised", "The token, or a delivery's signature, is missing or wrong."),
        FOREIGN("403", "Foreign", "The request comes from a page of another origin."),
        ABSENT("404", "Absent", "It names something that is not there."),
        CONFLICT("409", "Conflict", "Not in the present state; the detail says what is in the way."),
        MISDIRECTED("421", "Misdirected", "The host is not served here."),
        WRONG("422", "Wrong", "Well-formed, but wrong; the findings say where and what was expected."),
        FAULT("500", "Fault", "A fault of the service; its log names it by the number in the detail."),
        AWAY("503", "Away", "The broker or the database is away; Retry-After says when to try again.");

        private final String status;
        private final String name;
        private final String meaning;

        Failure(String status, String name, String meaning) {
            this.status = status;
            this.name = name;
            this.meaning = meaning;
        }

        boolean isPossible(String path, PathItem item, PathItem.HttpMethod method, Operation operation) {
            boolean changes = method != PathItem.HttpMethod.GET;
            boolean isHook = path.startsWith(HOOKS);
            return switch (this) {
                case MALFORMED -> changes || has(Parameter.In.QUERY, item, operation);
                case ABSENT -> path.contains("{");
                case CONFLICT -> changes && path.contains("{") && !isHook;
                case WRONG -> operation.getRequestBody() != null && !isHook;
                case UNAUTHORISED, FOREIGN, MISDIRECTED, FAULT, AWAY -> true;
            };
        }
    }

    private static boolean has(Parameter.In place, PathItem item, Operation operation) {
        return of(item.getParameters(), place) || of(operation.getParameters(), place);
    }

    private static boolean of(List<Parameter> parameters, Parameter.In place) {
        return parameters != null && parameters.stream().anyMatch(parameter -> parameter.getIn() == place);
    }

    private static APIResponse answer(String text) {
        Schema reference = OASFactory.createSchema().ref("#/components/schemas/" + PROBLEM);
        return OASFactory.createAPIResponse()
                .description(text)
                .content(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE, OASFactory.createMediaType().schema(reference)));
    }

    private static Schema problem() {
        Schema finding = object().addProperty("severity", text().enumeration(List.of("ERROR", "WARNING")))
                .addProperty("file", text())
                .addProperty("line", number())
                .addProperty("column", number())
                .addProperty("path", text())
                .addProperty("message", text());
        return object().description("An error, as RFC 9457 says.")
                .addProperty("type", text())
                .addProperty("title", text())
                .addProperty("status", number())
                .addProperty("detail", text())
                .addProperty(
                        "findings",
                        OASFactory.createSchema()
                                .addType(Schema.SchemaType.ARRAY)
                                .items(finding));
    }

    private static Schema object() {
        return OASFactory.createSchema().addType(Schema.SchemaType.OBJECT);
    }

    private static Schema text() {
        return OASFactory.createSchema().addType(Schema.SchemaType.STRING);
    }

    private static Schema number() {
        return OASFactory.createSchema().addType(Schema.SchemaType.INTEGER);
    }
}
