package dev.tiphys.engine.work.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTroubleTest {

    private static Event event(String type, String reason, String message, String at) {
        return new EventBuilder()
                .withNewMetadata()
                .withCreationTimestamp("2026-01-01T11:00:00Z")
                .endMetadata()
                .withType(type)
                .withReason(reason)
                .withMessage(message)
                .withLastTimestamp(at)
                .build();
    }

    private static String refused(String message) {
        return String.valueOf(
                PodTrouble.of(List.of(event("Warning", "FailedCreate", message, "2026-01-01T12:00:00Z"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Error creating: pods "p-test-a-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0 | refused by quota small: exceeded quota: small, requested | owns the namespace
            Error creating: pods "p-x" is forbidden: failed quota: compute: must specify limits.cpu for: step | refused by quota compute: failed quota | give the step the resources
            Error creating: pods "p-x" is forbidden: error looking up service account jobs/tester: serviceaccount "tester" not found | refused by the missing service account tester | create it
            Error creating: admission webhook "signed.acme.dev" denied the request: image is not signed | refused by admission webhook signed.acme.dev: admission webhook | whoever runs it
            Error creating: pods "p-x" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: no root | refused by admission policy no-root: | whoever wrote it
            Error creating: pods "p-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true | refused by pod security restricted:latest: violates | owns the namespace
            Error creating: pods "p-x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi | refused by a limit range of the namespace: maximum | within it
            Error creating: something new | is refused: something new | whoever runs the cluster
            """)
    void aRefusalSaysWhatByWhatAndWhoCanHelp(String message, String what, String who) {
        assertThat(refused(message)).startsWith("its pod ").contains(what).contains(who);
    }

    @Test
    void aPodThatNoNodeTakesSaysWhy() {
        assertThat(PodTrouble.of(List.of(event(
                        "Warning",
                        "FailedScheduling",
                        "0/1 nodes are available: 1 Insufficient cpu.",
                        "2026-01-01T12:00:00Z"))))
                .isEqualTo("no node takes its pod: 0/1 nodes are available: 1 Insufficient cpu.;"
                        + " whoever runs the nodes makes room");
    }

    @Test
    void anyOtherComplaintIsToldAsItIs() {
        assertThat(PodTrouble.of(
                        List.of(event("Warning", "FailedMount", "secret \"x\" not found", "2026-01-01T12:00:00Z"))))
                .isEqualTo("its pod does not start: FailedMount: secret \"x\" not found");
    }

    @Test
    void whatIsOverIsNotComplainedOf() {
        Event refusal = event("Warning", "FailedCreate", "Error creating: quota", "2026-01-01T12:00:00Z");
        Event success = event("Normal", "SuccessfulCreate", "Created pod: p-x", "2026-01-01T12:00:01.000000Z");

        assertThat(PodTrouble.of(List.of(success, refusal))).isNull();
        assertThat(PodTrouble.of(List.of())).isNull();
    }

    @Test
    void aSeriesIsAsYoungAsItsNewest() {
        Event again = new EventBuilder(event("Warning", "FailedScheduling", "no node", null))
                .withNewEventTime("2026-01-01T11:59:00.000000Z")
                .withNewSeries()
                .withNewLastObservedTime("2026-01-01T12:05:00.000000Z")
                .endSeries()
                .build();
        Event between = event("Normal", "Pulling", "Pulling image", "2026-01-01T12:04:00Z");

        assertThat(PodTrouble.of(List.of(again, between))).startsWith("no node takes its pod");
    }
}
