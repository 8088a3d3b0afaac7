package dev.tiphys.syncer.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RollUpTest {
    private static final JsonNode HEALTHY =
            HealthTest.yaml("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: x}}");
    private static final JsonNode PROGRESSING = HealthTest.yaml(
            "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x}, status: {phase: Pending, message: soon}}");
    private static final JsonNode DEGRADED = HealthTest.yaml(
            "{apiVersion: v1, kind: Pod, metadata: {name: d, namespace: x}, status: {phase: Failed, message: bad}}");
    private static final JsonNode UNKNOWN =
            HealthTest.yaml("{apiVersion: v1, kind: Pod, metadata: {name: u, namespace: x}, status: {}}");
    private static final JsonNode SUSPENDED = HealthTest.yaml(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: s, namespace: x}, spec: {paused: true}}");

    private static String of(JsonNode... live) {
        return text(Stream.of(live).map(RollUpTest::member).toList());
    }

    private static String text(List<RollUp.Member> members) {
        Health health = RollUp.of("shop", members);
        return (health.status().word() + " " + health.message()).strip();
    }

    private static RollUp.Member member(JsonNode live) {
        return new RollUp.Member(ObjectRef.of(live), live);
    }

    private static RollUp.Member missing() {
        return new RollUp.Member(new ObjectRef("", "v1", "Service", "x", "gone"), null);
    }

    @Test
    void theWorstDecides() {
        assertThat(of(HEALTHY)).isEqualTo("Healthy");
        assertThat(of(HEALTHY, SUSPENDED)).isEqualTo("Suspended Deployment x/s: Deployment is paused");
        assertThat(of(SUSPENDED, PROGRESSING)).isEqualTo("Progressing Pod x/p: soon");
        assertThat(of(DEGRADED, PROGRESSING)).isEqualTo("Degraded Pod x/d: bad");
        assertThat(of(DEGRADED, UNKNOWN)).isEqualTo("Unknown Pod x/u");
    }

    @Test
    void noObjectsAreHealthy() {
        assertThat(text(List.of())).isEqualTo("Healthy");
    }

    @Test
    void aMissingObjectDoesNotMakeItWorseButNoneAtAllDoes() {
        assertThat(text(List.of(missing(), member(HEALTHY)))).isEqualTo("Healthy");
        assertThat(text(List.of(missing(), missing()))).isEqualTo("Missing none of its objects exists");
    }

    @Test
    void onlyAFewCausesAreNamed() {
        assertThat(of(DEGRADED, DEGRADED, DEGRADED, DEGRADED, DEGRADED)).endsWith("; and 2 more");
    }

    @Test
    void hooksAndIgnoredObjectsDoNotCount() {
        JsonNode hook = HealthTest.yaml(
                "{apiVersion: v1, kind: Pod, metadata: {name: h, annotations: {argocd.argoproj.io/hook: Sync}}, status: {phase: Failed}}");
        JsonNode ignored = HealthTest.yaml(
                "{apiVersion: v1, kind: Pod, metadata: {name: i, annotations: {argocd.argoproj.io/ignore-healthcheck: 'true'}}, status: {phase: Failed}}");

        assertThat(of(HEALTHY, hook, ignored)).isEqualTo("Healthy");
    }
}
