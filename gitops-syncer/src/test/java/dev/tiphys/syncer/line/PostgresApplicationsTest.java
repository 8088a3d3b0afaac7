package dev.tiphys.syncer.line;

import dev.tiphys.syncer.sync.ApplicationStore;
import dev.tiphys.syncer.sync.ApplicationStoreContract;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Tag;

@QuarkusTest
@WithTestResource(value = Parts.class, initArgs = @ResourceArg(name = "cluster", value = "SANDBOX"))
@Tag("real")
class PostgresApplicationsTest extends ApplicationStoreContract {
    @Inject
    ApplicationStore store;

    @Override
    protected ApplicationStore store() {
        return store;
    }
}
