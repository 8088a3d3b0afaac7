package dev.tiphys.sandbox.objects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects, one revision per change, and the recent changes for watchers. An object that was stored is never changed
 * again; whoever wants another one copies it. Safe for many threads; {@link #locked} makes several steps one.
 */
public final class ObjectStore implements AutoCloseable {

    private static final int REMEMBERED_CHANGES = 20_000;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final TreeMap<ObjectKey, ObjectNode> objects = new TreeMap<>();
    private final Deque<Change> recent = new ArrayDeque<>();
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private final Journal journal;
    private long revision;
    private long forgottenUpTo;

    private ObjectStore(Journal journal, Journal.Contents contents) {
        this.journal = journal;
        this.objects.putAll(contents.objects());
        // Revision 0 and 1 mean "any" and "the beginning" to clients; a store never gives them away.
        this.revision = Math.max(1, contents.revision());
        this.forgottenUpTo = revision;
    }

    /**
     * Opens the store of a directory.
     *
     * @throws IOException if another process uses it, or it cannot be read or written
     */
    public static ObjectStore open(Path directory) throws IOException {
        Journal journal = Journal.open(directory);
        try {
            Journal.Contents contents = journal.read();
            journal.compact(contents);
            return new ObjectStore(journal, contents);
        } catch (IOException e) {
            journal.close();
            throw e;
        }
    }

    /** Does several things as one. Keep it short: all else waits. */
    public <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** The revision of the latest change. */
    public long revision() {
        return locked(() -> revision);
    }

    /** The object with this key. */
    public Optional<ObjectNode> get(ObjectKey key) {
        return locked(() -> Optional.ofNullable(objects.get(key)));
    }

    /** A page of objects: those of one storage, and of one namespace unless it is empty, in the order of their keys. */
    public SortedMap<ObjectKey, ObjectNode> list(String storage, String namespace) {
        ObjectKey first = new ObjectKey(storage, namespace, "");
        ObjectKey end = namespace.isEmpty()
                ? new ObjectKey(storage + "\u0000", "", "")
                : new ObjectKey(storage, namespace + "\u0000", "");
        return locked(() -> new TreeMap<>(objects.subMap(first, end)));
    }

    /** Every object. */
    public SortedMap<ObjectKey, ObjectNode> all() {
        return locked(() -> new TreeMap<>(objects));
    }

    /** Calls the listener for each later change, in order, while the store is locked: it must only take note. */
    public void onChange(Consumer<Change> listener) {
        listeners.add(listener);
    }

    /** Ends what {@link #onChange} began. */
    public void removeListener(Consumer<Change> listener) {
        listeners.remove(listener);
    }

    /** The changes after a revision, or empty if they are forgotten or not yet made: the watcher has to list again. */
    public Optional<List<Change>> since(long after) {
        return locked(() -> {
            if (after < forgottenUpTo || after > revision) {
                return Optional.empty();
            }
            List<Change> later = new ArrayList<>();
            var newestFirst = recent.descendingIterator();
            while (newestFirst.hasNext()) {
                Change change = newestFirst.next();
                if (change.revision() <= after) {
                    break;
                }
                later.add(change);
            }
            return Optional.of(later.reversed());
        });
    }

    /** Stores the object under the next revision, which is written into it. */
    ObjectNode put(ObjectKey key, ObjectNode object) {
        return locked(() -> {
            long next = revision + 1;
            Trees.metadata(object).put("resourceVersion", Long.toString(next));
            record(new Change(next, key, objects.get(key), object));
            objects.put(key, object);
            return object;
        });
    }

    /** Removes the object; watchers see its last state with the revision of the removal. */
    ObjectNode remove(ObjectKey key, ObjectNode last) {
        return locked(() -> {
            ObjectNode gone = last.deepCopy();
            Trees.metadata(gone).put("resourceVersion", Long.toString(revision + 1));
            record(new Change(revision + 1, key, gone, null));
            objects.remove(key);
            return gone;
        });
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            journal.close();
        } finally {
            lock.unlock();
        }
    }

    private void record(Change change) {
        journal.append(change.revision(), change.key(), change.after());
        revision = change.revision();
        recent.addLast(change);
        if (recent.size() > REMEMBERED_CHANGES) {
            forgottenUpTo = recent.removeFirst().revision();
        }
        listeners.forEach(listener -> listener.accept(change));
        try {
            if (journal.isGrown()) {
                TreeMap<ObjectKey, ObjectNode> present = new TreeMap<>(objects);
                if (change.after() == null) {
                    present.remove(change.key());
                } else {
                    present.put(change.key(), change.after());
                }
                journal.compact(new Journal.Contents(revision, present));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the sandbox's journal cannot be compacted", e);
        }
    }
}
