package dev.tiphys.syncer.line;

import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;

/** The whole syncer against the sandbox. */
@QuarkusTest
@WithTestResource(value = Parts.class, initArgs = @ResourceArg(name = "cluster", value = "SANDBOX"))
class SandboxTest extends SyncLine {}
