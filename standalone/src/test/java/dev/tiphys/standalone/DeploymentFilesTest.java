package dev.tiphys.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The files that deploy Tiphys lead every address of its interface to the service that has it. */
class DeploymentFilesTest {
    private static final Path ROOT = Path.of(System.getProperty("tiphys.root", ".."));
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Set<String> SERVICES = Set.of("event-gateway", "workflow-engine", "gitops-syncer", "notifier");
    private static final Pattern LOCATION = Pattern.compile("location (\\S+) \\{ proxy_pass http://([a-z-]+):8080; }");

    /** What users were promised, whatever else there is. */
    private static final List<String> PROMISED = List.of(
            "POST /hooks/{name}",
            "PUT /api/definitions",
            "GET /api/definitions",
            "GET /api/definitions/{kind}/{name}",
            "DELETE /api/definitions/{kind}/{name}",
            "GET /api/runs",
            "GET /api/runs/{id}",
            "POST /api/runs",
            "POST /api/runs/{id}/cancel",
            "POST /api/runs/{id}/retry",
            "POST /api/runs/{id}/steps/{step}/approve",
            "POST /api/runs/{id}/steps/{step}/reject",
            "GET /api/runs/{id}/steps/{step}/log",
            "GET /api/applications",
            "GET /api/applications/{name}",
            "POST /api/applications/{name}/sync",
            "POST /api/applications/{name}/rollback",
            "GET /api/queues",
            "GET /api/parked",
            "GET /api/parked/{id}",
            "POST /api/parked/{id}/redrive",
            "DELETE /api/parked/{id}",
            "GET /api/events",
            "GET /api/events/{id}",
            "GET /api/events/{id}/trace");

    @Test
    void theDescriptionHasAllThatWasPromised() throws IOException {
        assertThat(Interface.routes(Interface.kept()))
                .extracting(Interface.Route::text)
                .containsAll(PROMISED);
    }

    @Test
    void theIngressLeadsEachAddressToItsService() throws IOException {
        JsonNode ingress = YAML.readTree(ROOT.resolve("k8s/base/ingress.yaml").toFile());
        Map<String, String> rules = new HashMap<>();
        ingress.at("/spec/rules/0/http/paths")
                .forEach(rule -> rules.put(
                        rule.path("path").asText(),
                        rule.at("/backend/service/name").asText()));

        assertLeadsEachAddressToItsService(rules);
    }

    @Test
    void theFrontOfComposeLeadsEachAddressToItsService() throws IOException {
        Map<String, String> rules = new HashMap<>();
        Matcher matcher =
                LOCATION.matcher(compose().at("/configs/front/content").asText());
        while (matcher.find()) {
            rules.put(matcher.group(1), matcher.group(2));
        }

        assertLeadsEachAddressToItsService(rules);
    }

    @Test
    void composeHasTheServicesAndWhatTheyNeed() throws IOException {
        JsonNode services = compose().path("services");

        assertThat(names(services)).containsAll(SERVICES).contains("kafka", "postgres", "front");
        services.forEach(service -> assertThat(service.has("image") || service.has("build"))
                .as(service.toString())
                .isTrue());
        assertThat(services.at("/workflow-engine/environment/TIPHYS_ENGINE_KUBECONFIG")
                        .asText())
                .as("Jobs run on the cluster that is deployed to")
                .isNotEmpty()
                .isEqualTo(services.at("/gitops-syncer/environment/TIPHYS_SYNCER_KUBECONFIG")
                        .asText());
        for (JsonNode service : services) {
            JsonNode needs = service.path("depends_on");
            Set<String> needed = new TreeSet<>(names(needs));
            needs.forEach(each -> {
                if (each.isTextual()) {
                    needed.add(each.asText());
                }
            });
            assertThat(names(services)).containsAll(needed);
        }
        String text = Files.readString(ROOT.resolve("docker-compose.yml"));
        Set<String> volumes = names(compose().path("volumes"));
        for (JsonNode service : services) {
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.asText().split(":")[0];
                assertThat(source.startsWith(".") || volumes.contains(source))
                        .as(source)
                        .isTrue();
            }
        }
        // Nothing but the front is reached from outside of Docker, and that from this machine alone.
        assertThat(text.lines().filter(line -> line.matches(".*\\d+:\\d+.*\"$")))
                .allSatisfy(line -> assertThat(line).contains("127.0.0.1:8080:8080"));
    }

    @Test
    void theMonitoringScrapesEveryServiceAtItsPortWithTheToken() throws IOException {
        Path monitoring = ROOT.resolve("k8s/monitoring");
        JsonNode kustomization =
                YAML.readTree(monitoring.resolve("kustomization.yaml").toFile());
        kustomization
                .path("resources")
                .forEach(file -> assertThat(monitoring.resolve(file.asText())).exists());
        kustomization
                .at("/configMapGenerator/0/files")
                .forEach(file -> assertThat(monitoring.resolve(file.asText())).exists());
        assertThat(kustomization
                        .at("/configMapGenerator/0/options/labels/grafana_dashboard")
                        .asText())
                .isEqualTo("1");

        JsonNode pods = YAML.readTree(monitoring.resolve("pods.yaml").toFile()).path("spec");
        JsonNode gateway =
                YAML.readTree(ROOT.resolve("k8s/base/event-gateway.yaml").toFile());
        JsonNode endpoint = pods.at("/podMetricsEndpoints/0");
        assertThat(endpoint.path("port")).isEqualTo(gateway.at("/spec/template/spec/containers/0/ports/0/name"));
        assertThat(endpoint.at("/authorization/credentials/name"))
                .isEqualTo(gateway.at("/spec/template/spec/volumes/0/secret/secretName"));
        Set<String> scraped = new TreeSet<>();
        pods.at("/selector/matchExpressions/0/values").forEach(name -> scraped.add(name.asText()));
        assertThat(scraped).isEqualTo(new TreeSet<>(SERVICES));
    }

    private static void assertLeadsEachAddressToItsService(Map<String, String> rules) throws IOException {
        assertThat(rules.values()).isSubsetOf(SERVICES);
        for (Interface.Route route : Interface.routes(Interface.kept())) {
            String leadsTo = rules.entrySet().stream()
                    .filter(rule -> covers(rule.getKey(), route.path()))
                    .max(Comparator.comparingInt(rule -> rule.getKey().length()))
                    .map(Map.Entry::getValue)
                    .orElse("nowhere");
            assertThat(leadsTo).as(route.text()).isEqualTo(serviceOf(route));
        }
    }

    private static boolean covers(String prefix, String path) {
        String bare = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        return path.equals(bare) || path.startsWith(bare + "/");
    }

    private static String serviceOf(Interface.Route route) {
        String first =
                route.path().startsWith("/hooks") ? "hooks" : route.path().split("/")[2];
        return switch (first) {
            case "hooks", "definitions", "queues", "parked", "schedules", "deliveries", "endpoints", "recoveries" ->
                "event-gateway";
            case "runs", "pipelines", "events", "trace" -> "workflow-engine";
            case "applications" -> "gitops-syncer";
            case "notifications" -> "notifier";
            default -> "nobody";
        };
    }

    private static JsonNode compose() throws IOException {
        return YAML.readTree(ROOT.resolve("docker-compose.yml").toFile());
    }

    private static Set<String> names(JsonNode object) {
        return StreamSupport.stream(object.properties().spliterator(), false)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
