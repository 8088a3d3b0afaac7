package dev.tiphys.syncer.sync;

class InMemoryApplicationsTest extends ApplicationStoreContract {
    private final InMemoryApplications store = new InMemoryApplications();

    @Override
    protected ApplicationStore store() {
        return store;
    }
}
