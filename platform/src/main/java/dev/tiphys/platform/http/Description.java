package dev.tiphys.platform.http;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.LinkedHashMap;
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
        boolean isHook = path.startsWith("/hooks/");
        if (!isHook) {
            operation.setSecurity(List.of(OASFactory.createSecurityRequirement().addScheme(TOKEN)));
        }
        APIResponses answers = operation.getResponses();
        if (answers == null) {
            answers = OASFactory.createAPIResponses();
            operation.setResponses(answers);
        }
        Map<String, String> errors = errors(path, item, method, operation);
        for (Map.Entry<String, String> error : errors.entrySet()) {
            if (!answers.hasAPIResponse(error.getKey())) {
                answers.addAPIResponse(error.getKey(), answer(error.getValue()));
            }
        }
    }

    private static Map<String, String> errors(
            String path, PathItem item, PathItem.HttpMethod method, Operation operation) {
        Map<String, String> errors = new LinkedHashMap<>();
        boolean changes = method != PathItem.HttpMethod.GET;
        if (changes || has(Parameter.In.QUERY, item, operation)) {
            errors.put("400", "The request is malformed; the detail says where.");
        }
        errors.put("401", "The token is missing or wrong.");
        errors.put("403", "The request comes from a page of another origin.");
        if (path.contains("{")) {
            errors.put("404", "It names something that is not there.");
        }
        if (changes && path.contains("{")) {
            errors.put("409", "Not in the present state; the detail says what is in the way.");
        }
        if (changes && operation.getRequestBody() != null) {
            errors.put("422", "Well-formed, but wrong; the findings say where and what was expected.");
        }
        errors.put("421", "The host is not served here.");
        errors.put("500", "A fault of the service; its log names it by the number in the detail.");
        errors.put("503", "The broker or the database is away; Retry-After says when to try again.");
        return errors;
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
