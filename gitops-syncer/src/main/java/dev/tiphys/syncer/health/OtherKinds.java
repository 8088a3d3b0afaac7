package dev.tiphys.syncer.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.sync.HealthStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Argo CD's rules for the kinds that run no pods themselves. */
final class OtherKinds {
    private static final String CONDITIONS_OF_V1 = "autoscaling.alpha.kubernetes.io/conditions";
    private static final Map<String, Set<String>> DEGRADED_AUTOSCALERS = Map.of(
            "AbleToScale",
            Set.of("FailedGetScale", "FailedUpdateScale"),
            "ScalingActive",
            Set.of(
                    "FailedGetResourceMetric",
                    "FailedGetObjectMetric",
                    "FailedGetPodsMetric",
                    "FailedGetExternalMetric",
                    "FailedComputeMetricsReplicas",
                    "InvalidSelector"));

    private OtherKinds() {}

    static Health service(JsonNode live) {
        boolean balanced = "LoadBalancer".equals(live.path("spec").path("type").asText());
        return !balanced || hasAddress(live)
                ? Health.healthy("")
                : Health.progressing("Waiting for the load balancer's address");
    }

    static Health ingress(JsonNode live) {
        return hasAddress(live) ? Health.healthy("") : Health.progressing("Waiting for the load balancer's address");
    }

    private static boolean hasAddress(JsonNode live) {
        return !live.path("status").path("loadBalancer").path("ingress").isEmpty();
    }

    static Health volumeClaim(JsonNode live) {
        return switch (live.path("status").path("phase").asText()) {
            case "Lost" -> Health.degraded("the volume is lost");
            case "Pending" -> Health.progressing("Waiting for a volume");
            case "Bound" -> Health.healthy("");
            default -> new Health(HealthStatus.UNKNOWN, "");
        };
    }

    static Health autoscaler(JsonNode live) {
        List<JsonNode> conditions = Conditions.of(live).toList();
        if (conditions.isEmpty()) {
            conditions = conditionsOfV1(live);
        }
        Optional<JsonNode> degraded = conditions.stream()
                .filter(condition -> DEGRADED_AUTOSCALERS
                        .getOrDefault(condition.path("type").asText(), Set.of())
                        .contains(Conditions.reason(condition)))
                .findFirst();
        if (degraded.isPresent()) {
            return Health.degraded(Conditions.message(degraded.get()));
        }
        return conditions.stream()
                .filter(condition ->
                        Conditions.isOf(condition, "AbleToScale") || Conditions.isOf(condition, "ScalingLimited"))
                .filter(Conditions::isTrue)
                .findFirst()
                .map(condition -> Health.healthy(Conditions.message(condition)))
                .orElseGet(() -> Health.progressing("Waiting to Autoscale"));
    }

    private static List<JsonNode> conditionsOfV1(JsonNode live) {
        String text =
                live.path("metadata").path("annotations").path(CONDITIONS_OF_V1).asText("");
        if (text.isEmpty()) {
            return List.of();
        }
        try {
            return Json.mapper().readTree(text).valueStream().toList();
        } catch (JsonProcessingException _) {
            // somebody else's text in that annotation says nothing about the autoscaler
            return List.of();
        }
    }

    static Health apiService(JsonNode live) {
        return Conditions.find(live, "Available")
                .map(condition -> Conditions.isTrue(condition)
                        ? Health.healthy(Conditions.text(condition))
                        : Health.progressing(Conditions.text(condition)))
                .orElseGet(() -> Health.progressing("Waiting to be processed"));
    }

    static Health definition(JsonNode live) {
        if (Conditions.holding(live, "Terminating").isPresent()) {
            return Health.progressing("CRD is being terminated");
        }
        Optional<JsonNode> refused =
                Conditions.find(live, "NamesAccepted").filter(condition -> !Conditions.isTrue(condition));
        if (refused.isPresent()) {
            return Health.degraded("CRD names have not been accepted: " + Conditions.message(refused.get()));
        }
        return Conditions.holding(live, "Established").isPresent()
                ? Health.healthy("CRD is healthy")
                : Health.progressing("CRD is not established yet");
    }

    static Health workflow(JsonNode live) {
        String message = live.path("status").path("message").asText("");
        return switch (live.path("status").path("phase").asText("").toLowerCase(Locale.ROOT)) {
            case "", "pending", "running" -> Health.progressing(message);
            case "succeeded" -> Health.healthy(message);
            case "failed", "error" -> Health.degraded(message);
            default -> new Health(HealthStatus.UNKNOWN, message);
        };
    }
}
