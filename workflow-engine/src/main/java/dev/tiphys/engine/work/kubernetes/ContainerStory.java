package dev.tiphys.engine.work.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a pod says of the step's container, in words. */
final class ContainerStory {
    private static final Set<String> CANNOT_START = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "ErrImageNeverPull",
            "InvalidImageName",
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError");

    private ContainerStory() {}

    /** {@return why the container cannot start; null if nothing says so} */
    static @Nullable String cannotStart(Pod pod) {
        ContainerStateWaiting waiting = state(pod).getWaiting();
        return waiting != null && waiting.getReason() != null && CANNOT_START.contains(waiting.getReason())
                ? said(waiting.getReason(), waiting.getMessage())
                : null;
    }

    /** {@return what keeps the pod from running} */
    static String waitsFor(Pod pod) {
        ContainerState state = state(pod);
        if (state.getWaiting() != null && state.getWaiting().getReason() != null) {
            return said(state.getWaiting().getReason(), state.getWaiting().getMessage());
        }
        if (state.getRunning() != null) {
            return "the container's end";
        }
        return pod.getStatus() == null
                ? "its pod"
                : pod.getStatus().getConditions().stream()
                        .filter(condition ->
                                "PodScheduled".equals(condition.getType()) && "False".equals(condition.getStatus()))
                        .map(condition -> "no node takes its pod: "
                                + said(condition.getReason(), condition.getMessage())
                                + "; whoever runs the nodes makes room")
                        .findFirst()
                        .orElse("its pod, which is " + pod.getStatus().getPhase());
    }

    /** {@return how the container ended; null if it has not} */
    static @Nullable ContainerStateTerminated end(Pod pod) {
        return state(pod).getTerminated();
    }

    static String ended(ContainerStateTerminated end) {
        return "container ended with exit code " + end.getExitCode()
                + (end.getReason() == null ? "" : " (" + said(end.getReason(), end.getMessage()) + ")");
    }

    static boolean hasLog(Pod pod) {
        return state(pod).getRunning() != null || state(pod).getTerminated() != null;
    }

    private static ContainerState state(Pod pod) {
        List<ContainerStatus> statuses =
                pod.getStatus() == null ? List.of() : pod.getStatus().getContainerStatuses();
        return statuses.stream()
                .filter(status -> JobManifest.CONTAINER.equals(status.getName()))
                .map(ContainerStatus::getState)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElseGet(ContainerState::new);
    }

    private static String said(@Nullable String reason, @Nullable String message) {
        return reason + (message == null || message.isBlank() ? "" : ": " + message.strip());
    }
}
