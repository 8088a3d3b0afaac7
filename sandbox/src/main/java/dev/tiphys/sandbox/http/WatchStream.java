package dev.tiphys.sandbox.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiphys.sandbox.objects.ApiFailure;
import dev.tiphys.sandbox.objects.Change;
import dev.tiphys.sandbox.objects.ClusterObjects;
import dev.tiphys.sandbox.objects.ObjectStore;
import dev.tiphys.sandbox.objects.Trees;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The changes of a listing as they happen, one JSON document per line, until the client leaves or its time is over. */
final class WatchStream {

    private static final int LAG_LIMIT = 50_000;
    private static final Duration BOOKMARK_EVERY = Duration.ofSeconds(10);
    private static final int DEFAULT_SECONDS = 1800;

    private final ObjectStore store;
    private final Listing listing;
    private final Request request;
    private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>(LAG_LIMIT);
    private volatile boolean lagsBehind;
    private long seen;

    WatchStream(ClusterObjects objects, Listing listing) {
        this.store = objects.store();
        this.listing = listing;
        this.request = listing.request();
    }

    void write(OutputStream out) throws IOException, InterruptedException {
        Consumer<Change> listener = change -> lagsBehind |= listing.covers(change.key()) && !changes.offer(change);
        try {
            Optional<Queue<ObjectNode>> beginning = store.locked(() -> {
                Optional<Queue<ObjectNode>> first = begin();
                store.onChange(listener);
                return first;
            });
            out.flush();
            if (beginning.isEmpty()) {
                ApiFailure expired = ApiFailure.expired("too old resource version: "
                        + request.parameter("resourceVersion") + " (" + store.revision() + ")");
                send(out, event("ERROR", expired.status()));
                return;
            }
            for (ObjectNode event : beginning.get()) {
                send(out, event);
            }
            out.flush();
            follow(out);
        } finally {
            store.removeListener(listener);
        }
    }

    /** What the client has to know first, or empty if the store no longer knows it. */
    private Optional<Queue<ObjectNode>> begin() {
        Queue<ObjectNode> events = new ArrayDeque<>();
        String version = request.parameter("resourceVersion");
        boolean initial = request.flag("sendInitialEvents");
        seen = store.revision();
        if (initial || version.isEmpty() || version.equals("0")) {
            listing.present().values().forEach(object -> events.add(event("ADDED", inVersion(object))));
            if (initial) {
                ObjectNode bookmark = bookmark();
                bookmark.withObjectProperty("object")
                        .withObjectProperty("metadata")
                        .putObject("annotations")
                        .put("k8s.io/initial-events-end", "true");
                events.add(bookmark);
            }
            return Optional.of(events);
        }
        Optional<List<Change>> missed = store.since(revision(version));
        missed.ifPresent(list -> list.stream()
                .filter(change -> listing.covers(change.key()))
                .map(this::asEvent)
                .forEach(event -> event.ifPresent(events::add)));
        return missed.map(_ -> events);
    }

    private void follow(OutputStream out) throws IOException, InterruptedException {
        long end = System.nanoTime()
                + TimeUnit.SECONDS.toNanos(request.number("timeoutSeconds").orElse(DEFAULT_SECONDS));
        while (!lagsBehind && end - System.nanoTime() > 0) {
            long wait = Math.min(end - System.nanoTime(), BOOKMARK_EVERY.toNanos());
            Change change = changes.poll(wait, TimeUnit.NANOSECONDS);
            if (change == null) {
                if (request.flag("allowWatchBookmarks")) {
                    seen = Math.max(seen, quietRevision());
                    send(out, bookmark());
                    out.flush();
                }
                continue;
            }
            while (change != null) {
                seen = change.revision();
                Optional<ObjectNode> event = asEvent(change);
                if (event.isPresent()) {
                    send(out, event.get());
                }
                change = changes.poll();
            }
            out.flush();
        }
    }

    /** The store's revision, if nothing is on its way to this watcher. */
    private long quietRevision() {
        return store.locked(() -> changes.isEmpty() ? store.revision() : seen);
    }

    /** An object that comes into the selection is added, one that leaves it is deleted. */
    private Optional<ObjectNode> asEvent(Change change) {
        boolean was = isSelected(change.before());
        ObjectNode after = change.after();
        if (after != null && isSelected(after)) {
            return Optional.of(event(was ? "MODIFIED" : "ADDED", inVersion(after)));
        }
        if (!was || change.before() == null) {
            return Optional.empty();
        }
        ObjectNode gone = inVersion(change.before()).deepCopy();
        Trees.metadata(gone).put("resourceVersion", Long.toString(change.revision()));
        return Optional.of(event("DELETED", gone));
    }

    private boolean isSelected(@Nullable ObjectNode object) {
        return object != null && listing.selects().test(object);
    }

    private ObjectNode inVersion(ObjectNode object) {
        return ClusterObjects.inVersion(listing.type(), object);
    }

    private ObjectNode bookmark() {
        ObjectNode object = Trees.object()
                .put("kind", listing.type().kind())
                .put("apiVersion", listing.type().apiVersion());
        object.putObject("metadata").put("resourceVersion", Long.toString(seen));
        return event("BOOKMARK", object);
    }

    private static ObjectNode event(String type, ObjectNode object) {
        ObjectNode event = Trees.object().put("type", type);
        event.set("object", object);
        return event;
    }

    private static void send(OutputStream out, ObjectNode event) throws IOException {
        byte[] line = Trees.JSON.writeValueAsBytes(event);
        out.write(line);
        out.write('\n');
    }

    private static long revision(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw ApiFailure.badRequest("resourceVersion is no number: \"" + text + "\"");
        }
    }
}
