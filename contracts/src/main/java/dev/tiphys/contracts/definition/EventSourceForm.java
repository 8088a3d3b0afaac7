package dev.tiphys.contracts.definition;

import dev.tiphys.contracts.definition.EventSource.Event;
import dev.tiphys.contracts.definition.EventSource.Input;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads Argo Events' EventSource. Argo ignores what it does not know or finds in the wrong place, so that is a warning here;
 * an entry that is not run for what it needs is a warning as well, and is left out whole.
 */
final class EventSourceForm {
    private static final Pattern NAME = Pattern.compile("[^/\\s?#%]+");
    private static final Map<String, EntryForm> TYPES = new LinkedHashMap<>();

    static {
        TYPES.put("webhook", EventSourceHooks::webhook);
        TYPES.put("github", EventSourceHooks::github);
        TYPES.put("gitlab", EventSourceHooks::gitlab);
        TYPES.put("bitbucket", EventSourceHooks::bitbucket);
        TYPES.put("bitbucketserver", EventSourceHooks::bitbucketServer);
        TYPES.put("gerrit", EventSourceHooks::gerrit);
        TYPES.put("slack", EventSourceHooks::slack);
        TYPES.put("stripe", EventSourceHooks::stripe);
        TYPES.put("sns", EventSourceHooks::sns);
        TYPES.put(EventSourceHooks.STORAGE_GRID, EventSourceHooks::storageGrid);
        TYPES.put("sqs", EventSourceMessages::sqs);
        TYPES.put("kafka", EventSourceMessages::kafka);
        TYPES.put("calendar", EventSourceCalendar::calendar);
    }

    private final String owner;
    private final Fields spec;
    private final List<Read> read = new ArrayList<>();

    private EventSourceForm(String owner, Fields spec) {
        this.owner = owner;
        this.spec = spec;
    }

    /** Makes an input of an entry; null if something is wrong with it or it is not run, which is reported. */
    interface EntryForm {
        @Nullable
        Input read(Entry entry);
    }

    /**
     * One entry of a type.
     *
     * @param owner the EventSource's name
     * @param name the map key
     */
    record Entry(String owner, String name, Fields fields) {

        /** {@return where its requests come to} */
        String address() {
            return "/hooks/" + owner + "/" + name;
        }

        /** Reports that the entry is left out. */
        @Nullable
        Input leftOut(String why) {
            fields.inspection().warning(fields.path(), "the event \"" + name + "\" is kept and not run: " + why);
            return null;
        }
    }

    private record Read(Event event, String path) {}

    static @Nullable Definition eventSource(DefinitionKey key, Fields spec) {
        return new EventSourceForm(key.name(), spec).read(key);
    }

    private @Nullable Definition read(DefinitionKey key) {
        // What is said about pods, their Service and the bus has no meaning where there are none.
        spec.free("template", "service", "replicas", "eventBusName", "revisionHistoryLimit");
        for (String type : spec.names()) {
            EntryForm form = TYPES.get(type);
            if (form != null) {
                spec.entries(type).values().forEach(item -> entry(type, item, form));
            }
            String instead = EventSourceTypes.INSTEAD.get(type);
            if (instead != null) {
                spec.inspection()
                        .warningAtName(
                                spec.path(type),
                                "the events of " + type + " ("
                                        + Fields.either(spec.entries(type).keySet()) + ") are kept and not run: "
                                        + instead);
            }
        }
        if (spec.there() && TYPES.keySet().stream().noneMatch(spec::has)) {
            spec.inspection()
                    .warning(spec.path(), "no event of it is run: what is run is " + Fields.either(TYPES.keySet()));
        }
        spec.free(EventSourceTypes.INSTEAD.keySet().toArray(String[]::new));
        spec.endLeniently();
        eachNameOnce();
        List<Event> events = reachable();
        return spec.inspection().failed() ? null : new EventSource(key, events);
    }

    private void entry(String type, Fields.Item item, EntryForm form) {
        Fields fields = Fields.of(item.node(), item.path(), spec.inspection());
        if (!NAME.matcher(item.name()).matches()) {
            spec.inspection()
                    .errorAtName(
                            item.path(),
                            "expected a name without blanks, /, ?, # and %: it is a part of the event's address");
        }
        if (!fields.there()) {
            return;
        }
        Input input = form.read(new Entry(owner, item.name(), fields));
        Map<String, String> metadata = fields.textMap("metadata");
        // There it is about objects, and read already.
        Fields filter = type.equals(EventSourceHooks.STORAGE_GRID) ? null : fields.optionalMapping("filter");
        String expression = filter == null ? null : filter.optionalText("expression");
        if (filter != null) {
            filter.endLeniently();
        }
        fields.endLeniently();
        if (input != null) {
            read.add(new Read(new Event(item.name(), type, input, expression, metadata), item.path()));
        }
    }

    private void eachNameOnce() {
        Map<String, String> first = new LinkedHashMap<>();
        for (Read entry : read) {
            String twin = first.putIfAbsent(entry.event().name(), entry.path());
            if (twin != null) {
                spec.inspection()
                        .errorAtName(
                                entry.path(),
                                "the name stands twice in the EventSource, first at " + twin
                                        + ": a Sensor could not tell which of the two it means");
            }
        }
    }

    /** In Argo each port is a server; here one server has all paths, so a path that stands twice leads to the first. */
    private List<Event> reachable() {
        Set<String> names =
                read.stream().map(entry -> "/" + entry.event().name()).collect(Collectors.toSet());
        Set<String> taken = new HashSet<>();
        List<Event> events = new ArrayList<>();
        for (Read entry : read) {
            Event event = entry.event();
            boolean own = !(event.input() instanceof Input.Hook hook)
                    || hook.path().isEmpty()
                    || hook.path().equals("/" + event.name())
                    || (!names.contains(hook.path()) && taken.add(hook.path()));
            if (!own) {
                spec.inspection()
                        .warning(
                                entry.path(),
                                "another event of the EventSource has the same path: this one is reached only at /hooks/"
                                        + owner + "/" + event.name());
            }
            events.add(own ? event : withoutPath(event));
        }
        return events;
    }

    private static Event withoutPath(Event event) {
        if (!(event.input() instanceof Input.Hook hook)) {
            return event;
        }
        Input.Hook nameOnly = new Input.Hook(
                "",
                hook.method(),
                hook.verification(),
                hook.repositories(),
                hook.events(),
                hook.limits(),
                hook.objects());
        return new Event(event.name(), event.type(), nameOnly, event.filter(), event.metadata());
    }
}
