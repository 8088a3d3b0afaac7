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
import java.util.Set;
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
            trigger(pipeline.key(), "spec.on[" + i + "]", pipeline.on().get(i), references);
        }
        Pipeline.Notify card = pipeline.card();
        if (card != null) {
            references.add(new Reference(pipeline.key(), "spec.notify.workspace", "SlackWorkspace", card.workspace()));
        }
        steps(pipeline.key(), "spec.steps", pipeline.steps(), references);
        steps(pipeline.key(), "spec.finally", pipeline.always(), references);
        return references;
    }

    private static void trigger(DefinitionKey by, String path, Trigger trigger, List<Reference> references) {
        switch (trigger) {
            case Trigger.Push push ->
                references.add(new Reference(by, path + ".push.repository", "Repository", push.repository()));
            case Trigger.FromSource event -> {
                // Either may answer to the name: they share their endpoints, so only one of them can have it.
                references.add(new Reference(by, path + ".event.source", "Source", event.source()));
                references.add(new Reference(by, path + ".event.source", "EventSource", event.source()));
            }
            case Trigger.Message message ->
                references.add(new Reference(by, path + ".message.queue", "Queue", message.queue()));
            case Trigger.Schedule _ -> {}
        }
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
        Map<String, Set<String>> names = new LinkedHashMap<>();
        all.forEach(definition -> names.computeIfAbsent(definition.key().kind(), _ -> new TreeSet<>())
                .add(definition.name()));
        for (Definition definition : all) {
            Map<String, List<Reference>> byPath = new LinkedHashMap<>();
            references(definition)
                    .forEach(reference -> byPath.computeIfAbsent(reference.path(), _ -> new ArrayList<>())
                            .add(reference));
            byPath.values().forEach(alternatives -> known(alternatives, names));
        }
    }

    private void known(List<Reference> alternatives, Map<String, Set<String>> names) {
        Reference first = alternatives.getFirst();
        List<String> kinds = alternatives.stream().map(Reference::kind).toList();
        Set<String> known = new TreeSet<>();
        kinds.forEach(kind -> known.addAll(names.getOrDefault(kind, Set.of())));
        if (!known.contains(first.name())) {
            warning(
                    first.by(),
                    first.path(),
                    "there is no " + Fields.either(kinds) + " \"" + first.name() + "\" yet"
                            + Suggestion.text(first.name(), known));
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
        Map<String, DefinitionKey> first = new LinkedHashMap<>();
        for (Definition definition : all) {
            DefinitionKey key = definition.key();
            DefinitionKey twin = hasEndpoint(definition) ? first.putIfAbsent(key.name(), key) : null;
            if (twin != null && !twin.kind().equals(key.kind())) {
                error(
                        key,
                        "metadata.name",
                        "the " + twin.kind() + " of the same name has the same endpoint, /hooks/" + key.name()
                                + " or the events of a queue: give one of them another name");
            }
        }
    }

    private static boolean hasEndpoint(Definition definition) {
        return switch (definition) {
            case Repository _, Source _, EventSource _, Queue _ -> true;
            case JenkinsServer _, SlackWorkspace _, Pipeline _, Application _ -> false;
        };
    }

    private void oneSecretOneEndpoint() {
        Map<SecretRef, Proof> first = new LinkedHashMap<>();
        for (Definition definition : all) {
            for (Proof proof : proofs(definition)) {
                Proof twin = first.putIfAbsent(proof.secret(), proof);
                if (twin != null) {
                    warning(
                            definition.key(),
                            proof.path(),
                            twin.by() + " uses the same secret "
                                    + proof.secret().name() + "/"
                                    + proof.secret().key()
                                    + ": one secret per endpoint, so that none opens another's");
                }
            }
        }
    }

    /** What opens an endpoint; {@code by} is the endpoint's owner in words. */
    private record Proof(String by, String path, SecretRef secret) {}

    private static List<Proof> proofs(Definition definition) {
        String by = definition.key().kind() + " \"" + definition.name() + "\"";
        return switch (definition) {
            case Repository repository -> proof(by, "spec.webhook", repository.webhook());
            case Source source -> proof(by, "spec", source.verification().secret());
            case EventSource source ->
                source.events().stream()
                        .flatMap(event -> proofs(by, event).stream())
                        .toList();
            case JenkinsServer _, SlackWorkspace _, Pipeline _, Application _, Queue _ -> List.of();
        };
    }

    private static List<Proof> proofs(String by, EventSource.Event event) {
        String path = Places.field(Places.field("spec", event.type()), event.name());
        return switch (event.input()) {
            case EventSource.Input.Hook hook ->
                proof(
                        by + " (event \"" + event.name() + "\")",
                        path,
                        hook.verification().secret());
            case EventSource.Input.Messages _, EventSource.Input.Calendar _ -> List.of();
        };
    }

    private static List<Proof> proof(String by, String path, @Nullable SecretRef secret) {
        return secret == null ? List.of() : List.of(new Proof(by, path, secret));
    }

    private void error(DefinitionKey key, String path, String message) {
        found.add(new About(key, Places.in(null).finding(Finding.Severity.ERROR, path, message)));
    }

    private void warning(DefinitionKey key, String path, String message) {
        found.add(new About(key, Places.in(null).finding(Finding.Severity.WARNING, path, message)));
    }
}
