package dev.tiphys.syncer.sync;

import dev.tiphys.contracts.cloudevent.Causality;
import dev.tiphys.contracts.definition.Application;
import dev.tiphys.contracts.definition.DefinitionKey;
import dev.tiphys.contracts.sync.DeployedBy;
import dev.tiphys.contracts.sync.SyncCommand.SyncRequested;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applications, and what runs ask of them. */
public final class Samples {
    private Samples() {}

    /** {@return where the repository of an application is} */
    public static String repository(String application) {
        return "https://git.example.com/acme/" + application + ".git";
    }

    /** {@return one that is deployed from the branch main of its repository, by runs only} */
    public static Application application(String name) {
        return application(name, name, null);
    }

    /** {@return one that is deployed from the branch main of its repository into a namespace, and perhaps by itself} */
    public static Application application(String name, String namespace, Application.@Nullable Automated automated) {
        return new Application(
                new DefinitionKey("Application", "argocd", name),
                "default",
                new Application.Source(repository(name), "deploy", "main", false, List.of(), List.of()),
                new Application.Destination(Clusters.GIVEN, namespace),
                automated,
                Set.of("CreateNamespace=true"),
                10);
    }

    /** {@return what the run with that number asks for} */
    public static SyncInput request(String application, String commit, int run, Instant deadline) {
        DeployedBy by = new DeployedBy("run-" + run, "delivery", "deploy", 1, run);
        return new SyncInput.Requested(new SyncRequested(application, commit, by, deadline), Causality.NONE);
    }
}
