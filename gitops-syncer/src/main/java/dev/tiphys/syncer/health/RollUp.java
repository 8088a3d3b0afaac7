package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.contracts.sync.HealthStatus;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The health of an application: the worst of its objects, as Argo CD counts them. */
public final class RollUp {
    private static final int NAMED = 3;

    private RollUp() {}

    /** One managed object; {@code live} is null if it does not exist. */
    public record Member(ObjectRef ref, @Nullable JsonNode live) {}

    private record Counted(ObjectRef ref, Health health) {}

    /**
     * {@return the health of the whole; the message names the objects that make it so}
     *
     * <p>A missing object does not make it worse, that is what OutOfSync says; but if all are missing, the application is.
     * Hooks, objects with {@code ignore-healthcheck}, the application itself, and child applications that are Missing or
     * Unknown do not count.
     *
     * @param members what the repository wants, not what only waits to be pruned
     */
    public static Health of(String application, List<Member> members) {
        if (!members.isEmpty() && members.stream().allMatch(member -> member.live() == null)) {
            return new Health(HealthStatus.MISSING, "none of its objects exists");
        }
        List<Counted> counted = new ArrayList<>();
        for (Member member : members) {
            JsonNode live = member.live();
            if (live != null && counts(application, member.ref(), live)) {
                Health.assess(live)
                        .filter(health -> !isUnclearChild(member.ref(), health))
                        .ifPresent(health -> counted.add(new Counted(member.ref(), health)));
            }
        }
        Optional<HealthStatus> worst =
                counted.stream().map(each -> each.health().status()).max(HealthStatus::compareTo);
        return worst.filter(status -> status != HealthStatus.HEALTHY)
                .map(status -> new Health(status, causes(status, counted)))
                .orElseGet(() -> Health.healthy(""));
    }

    private static boolean counts(String application, ObjectRef ref, JsonNode live) {
        JsonNode annotations = live.path("metadata").path("annotations");
        boolean hook = annotations.has("argocd.argoproj.io/hook") || annotations.has("helm.sh/hook");
        boolean ignored = "true"
                .equals(annotations
                        .path("argocd.argoproj.io/ignore-healthcheck")
                        .asText());
        boolean itself = isApplication(ref) && ref.name().equals(application);
        return !hook && !ignored && !itself;
    }

    private static boolean isUnclearChild(ObjectRef ref, Health health) {
        return isApplication(ref)
                && (health.status() == HealthStatus.MISSING || health.status() == HealthStatus.UNKNOWN);
    }

    private static boolean isApplication(ObjectRef ref) {
        return "argoproj.io".equals(ref.group()) && "Application".equals(ref.kind());
    }

    private static String causes(HealthStatus status, List<Counted> counted) {
        List<String> causes = counted.stream()
                .filter(each -> each.health().status() == status)
                .map(each -> each.health().message().isEmpty()
                        ? each.ref().text()
                        : each.ref().text() + ": " + each.health().message())
                .toList();
        String named = String.join("; ", causes.subList(0, Math.min(NAMED, causes.size())));
        return causes.size() <= NAMED ? named : named + "; and " + (causes.size() - NAMED) + " more";
    }
}
