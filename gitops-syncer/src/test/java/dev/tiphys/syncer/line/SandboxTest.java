package dev.tiphys.syncer.line;

import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Tag;

/** The whole syncer against the sandbox. */
@QuarkusTest
@WithTestResource(value = Parts.class, initArgs = @ResourceArg(name = "cluster", value = "SANDBOX"))
@Tag("real")
class SandboxTest extends SyncLine {}
