package dev.tiphys.syncer.line;

import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

/** The whole syncer against a real Kubernetes API server. */
@QuarkusTest
@WithTestResource(value = Parts.class, initArgs = @ResourceArg(name = "cluster", value = "REAL"))
@EnabledIf(
        value = "isThere",
        disabledReason = "no real cluster: kube/install makes one, or give its kubeconfig as TIPHYS_TEST_KUBECONFIG")
@Tag("real")
class RealClusterTest extends SyncLine {
    static boolean isThere() {
        return TestCluster.realIsThere();
    }
}
