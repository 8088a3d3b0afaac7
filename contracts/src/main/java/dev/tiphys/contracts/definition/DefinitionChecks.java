package dev.tiphys.contracts.definition;

import dev.tiphys.contracts.definition.Definition.JenkinsServer;
import dev.tiphys.contracts.definition.Definition.Repository;
import dev.tiphys.contracts.definition.Definition.SlackWorkspace;
import dev.tiphys.contracts.definition.Definition.Source;
import dev.tiphys.contracts.definition.Pipeline.Action;
import dev.tiphys.contracts.definition.Pipeline.Step;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks definitions against each other. What contradicts itself is an error; a name that nothing answers to yet is a
 * warning, because definitions may arrive in any order. Pure.
 */
public final class DefinitionChecks {
    private final Collection<? extends Definition> all;
    private final List<About> found = new ArrayList<>();

    private DefinitionChecks(Collection<? extends Definition> all) {
        this.all = all;
    }

    /** A definition that names another: {@code path} is where it does. */
    public record Reference(DefinitionKey by, String path, String kind, String name) {}

    /** A finding, and the definition that it is about. */
    public record About(DefinitionKey key, Finding finding) {}

    /** {@return what is wrong between definitions; each message names the definition that it is about} */
    public static List<Finding> cross(Collection<? extends Definition> all) {
        return crossByKey(all).stream()
                .map(about -> new Finding(
                        about.finding().severity(),
                        null,
                        0,
                        0,
                        about.finding().path(),
                        about.key().kind() + " " + about.key().name() + ": "
                                + about.finding().message()))
                .toList();
    }

    /** {@return as {@link #cross}, with the definition beside each finding instead of in its message} */
    public static List<About> crossByKey(Collection<? extends Definition> all) {
        DefinitionChecks checks = new DefinitionChecks(all);
        checks.oneNameOfAKind();
        checks.knownReferences();
        checks.eitherPipelineOrItself();
        checks.oneUrlOneRepository();
        checks.oneEndpointOneName();
        checks.oneSecretOneEndpoint();
        return List.copyOf(checks.found);
    }

    /** {@return everything that a definition names, in the order in which it does} */
    public static List<Reference> references(Definition definition) {
        return switch (definition) {
            case Pipeline pipeline -> references(pipeline);
            case Repository _, Source _, JenkinsServer _, SlackWorkspace _, Application _, Queue _, EventSource _ ->
                List.of();
        };
    }

    private static List<Reference> references(Pipeline pipeline) {
        List<Reference> references = new ArrayList<>();
        for (int i = 0; i < pipeline.on().size(); i++) {
            String path = "spec.on[" + i + "]";
            Reference reference = switch (pipeline.on().get(i)) {
                case Trigger.Push push ->
                    new Reference(pipeline.key(), path + ".push.repository", "Repository", push.repository());
                case Trigger.FromSource event ->
                    new Reference(pipeline.key(), path + ".event.source", "Source", event.source());
                case Trigger.Message message ->
                    new Reference(pipeline.key(), path + ".message.queue", "Queue", message.queue());
                case Trigger.Schedule _ -> null;
            };
            if (reference != null) {
                references.add(reference);
            }
        }
        Pipeline.Notify card = pipeline.card();
        if (card != null) {
            references.add(new Reference(pipeline.key(), "spec.notify.workspace", "SlackWorkspace", card.workspace()));
        }
        steps(pipeline.key(), "spec.steps", pipeline.steps(), references);
        steps(pipeline.key(), "spec.finally", pipeline.always(), references);
        return references;
    }

    private static void steps(DefinitionKey by, String path, List<Step> steps, List<Reference> references) {
        for (int i = 0; i < steps.size(); i++) {
            String here = Places.item(path, i);
            switch (steps.get(i).action()) {
                case Action.Deploy deploy ->
                    references.add(
                            new Reference(by, here + ".deploy.application", "Application", deploy.application()));
                case Action.Jenkins jenkins ->
                    references.add(new Reference(by, here + ".jenkins.server", "JenkinsServer", jenkins.server()));
                case Action.Say say ->
                    references.add(new Reference(by, here + ".notify.workspace", "SlackWorkspace", say.workspace()));
                case Action.Parallel group -> steps(by, here + ".parallel", group.steps(), references);
                case Action.Job _, Action.Http _, Action.Approval _, Action.Pause _ -> {}
            }
        }
    }

    private void oneNameOfAKind() {
        Map<String, DefinitionKey> first = new LinkedHashMap<>();
        for (Definition definition : all) {
            DefinitionKey key = definition.key();
            DefinitionKey twin = first.putIfAbsent(key.kind() + "/" + key.name(), key);
            if (twin != null && !twin.equals(key)) {
                error(
                        key,
                        "metadata.name",
                        "a " + key.kind() + " of this name is there already, in namespace " + twin.namespace()
                                + ": others name it without a namespace, so a name stands once");
            }
        }
    }

    private void knownReferences() {
        Map<String, TreeSet<String>> names = new LinkedHashMap<>();
        all.forEach(definition -> names.computeIfAbsent(definition.key().kind(), _ -> new TreeSet<>())
                .add(definition.name()));
        for (Definition definition : all) {
            for (Reference reference : references(definition)) {
                TreeSet<String> known = names.getOrDefault(reference.kind(), new TreeSet<>());
                if (!known.contains(reference.name())) {
                    warning(
                            reference.by(),
                            reference.path(),
                            "there is no " + reference.kind() + " \"" + reference.name() + "\" yet"
                                    + Suggestion.text(reference.name(), known));
                }
            }
        }
    }

    private void eitherPipelineOrItself() {
        Map<String, Application> applications = Definition.byName(all, Application.class);
        for (Definition definition : all) {
            for (Reference reference : references(definition)) {
                Application application =
                        reference.kind().equals("Application") ? applications.get(reference.name()) : null;
                if (application != null && application.automated() != null) {
                    error(
                            reference.by(),
                            reference.path(),
                            "the Application \"" + reference.name() + "\" syncs itself (spec.syncPolicy.automated): an"
                                    + " application is driven either by pipelines or by itself; remove one of the two");
                }
            }
        }
    }

    private void oneUrlOneRepository() {
        Map<String, String> first = new LinkedHashMap<>();
        for (Repository repository : Definition.ofKind(all, Repository.class)) {
            String twin = first.putIfAbsent(GitUrl.normalised(repository.url()), repository.name());
            if (twin != null && !twin.equals(repository.name())) {
                warning(
                        repository.key(),
                        "spec.url",
                        "the Repository \"" + twin + "\" has the same URL: a push is told apart only by the endpoint"
                                + " that it comes in by");
            }
        }
    }

    private void oneEndpointOneName() {
        Map<String, Repository> repositories = Definition.byName(all, Repository.class);
        for (Source source : Definition.ofKind(all, Source.class)) {
            if (repositories.containsKey(source.name())) {
                error(
                        source.key(),
                        "metadata.name",
                        "a Repository has the same name, and so the same endpoint /hooks/" + source.name()
                                + ": give one of them another");
            }
        }
    }

    private void oneSecretOneEndpoint() {
        Map<SecretRef, DefinitionKey> first = new LinkedHashMap<>();
        for (Definition definition : all) {
            SecretRef secret = secretOf(definition);
            DefinitionKey twin = secret == null ? null : first.putIfAbsent(secret, definition.key());
            if (secret != null && twin != null && !twin.equals(definition.key())) {
                warning(
                        definition.key(),
                        definition instanceof Repository ? "spec.webhook" : "spec.verify",
                        twin.kind() + " \"" + twin.name() + "\" uses the same secret " + secret.name() + "/"
                                + secret.key() + ": one secret per repository, so that none opens another's endpoint");
            }
        }
    }

    private static @Nullable SecretRef secretOf(Definition definition) {
        return switch (definition) {
            case Repository repository -> repository.webhook();
            case Source source -> source.verification().secret();
            case JenkinsServer _, SlackWorkspace _, Pipeline _, Application _, Queue _, EventSource _ -> null;
        };
    }

    private void error(DefinitionKey key, String path, String message) {
        found.add(new About(key, Places.in(null).finding(Finding.Severity.ERROR, path, message)));
    }

    private void warning(DefinitionKey key, String path, String message) {
        found.add(new About(key, Places.in(null).finding(Finding.Severity.WARNING, path, message)));
    }
}
