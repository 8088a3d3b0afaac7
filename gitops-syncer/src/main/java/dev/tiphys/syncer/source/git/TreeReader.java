package dev.tiphys.syncer.source.git;

import dev.tiphys.syncer.source.Selection;
import dev.tiphys.syncer.source.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * Reads selected files of a tree, and stops at the first limit: a small repository can describe billions of files.
 * Submodules are passed over; links to files are followed inside of the tree, and only there.
 */
final class TreeReader {
    private static final int MAX_LINKS = 8;
    private static final int LONGEST_LINK = 4096;

    /** The tree cannot be read as wanted, whoever asks again; the message goes on after the commit's name. */
    static final class Unreadable extends Exception {
        Unreadable(String message) {
            super(message);
        }
    }

    private record Found(String path, ObjectId id) {}

    private final ObjectReader reader;
    private final AnyObjectId tree;
    private final GitConfig limits;

    TreeReader(ObjectReader reader, AnyObjectId tree, GitConfig limits) {
        this.reader = reader;
        this.tree = tree;
        this.limits = limits;
    }

    /** {@return the files, sorted by path} */
    List<SourceFile> read(Selection selection) throws IOException, Unreadable {
        List<SourceFile> files = new ArrayList<>();
        long total = 0;
        for (Found found : find(selection)) {
            long size = reader.getObjectSize(found.id(), Constants.OBJ_BLOB);
            if (size > limits.maxFileBytes()) {
                throw new Unreadable(
                        "holds " + found.path() + " with " + size + " bytes; a file may have " + limits.maxFileBytes());
            }
            total += size;
            if (total > limits.maxTotalBytes()) {
                throw new Unreadable("holds more than " + limits.maxTotalBytes() + " bytes of manifests");
            }
            byte[] bytes = reader.open(found.id(), Constants.OBJ_BLOB).getCachedBytes(limits.maxFileBytes());
            files.add(new SourceFile(found.path(), found.id().name(), bytes));
        }
        return files;
    }

    private List<Found> find(Selection selection) throws IOException, Unreadable {
        String directory = selection.directory();
        List<Found> found = new ArrayList<>();
        try (TreeWalk walk = new TreeWalk(reader)) {
            walk.addTree(directory(directory));
            int entries = 0;
            while (walk.next()) {
                if (++entries > limits.maxEntries()) {
                    throw new Unreadable("holds more than " + limits.maxEntries() + " entries in folders");
                }
                String below = walk.getPathString();
                String path = directory.isEmpty() ? below : directory + "/" + below;
                FileMode mode = walk.getFileMode(0);
                if (is(FileMode.TREE, mode)) {
                    enter(walk, selection);
                } else if (!is(FileMode.GITLINK, mode) && selection.chooses(below)) {
                    found.add(new Found(
                            path,
                            is(FileMode.SYMLINK, mode) ? linked(path, walk.getObjectId(0)) : walk.getObjectId(0)));
                    if (found.size() > limits.maxFiles()) {
                        throw new Unreadable("holds more than " + limits.maxFiles() + " manifest files");
                    }
                }
            }
        }
        found.sort(Comparator.comparing(Found::path));
        return found;
    }

    private void enter(TreeWalk walk, Selection selection) throws IOException, Unreadable {
        if (!selection.recurse()) {
            return;
        }
        if (walk.getDepth() >= limits.maxDepth()) {
            throw new Unreadable("nests folders more than " + limits.maxDepth() + " deep");
        }
        walk.enterSubtree();
    }

    private AnyObjectId directory(String path) throws IOException, Unreadable {
        if (path.isEmpty()) {
            return tree;
        }
        try (TreeWalk walk = TreeWalk.forPath(reader, path, tree)) {
            if (walk == null) {
                throw new Unreadable("has no folder " + path);
            }
            if (!is(FileMode.TREE, walk.getFileMode(0))) {
                throw new Unreadable("has " + path + ", but it is no folder");
            }
            return walk.getObjectId(0);
        }
    }

    private ObjectId linked(String link, ObjectId content) throws IOException, Unreadable {
        String path = link;
        ObjectId target = content;
        for (int hops = 0; hops < MAX_LINKS; hops++) {
            path = resolve(path, text(link, target), link);
            try (TreeWalk walk = path.isEmpty() ? null : TreeWalk.forPath(reader, path, tree)) {
                if (walk == null || isNoFile(walk.getFileMode(0))) {
                    throw new Unreadable("holds the link " + link + ", which leads to no file");
                }
                target = walk.getObjectId(0);
                if (!is(FileMode.SYMLINK, walk.getFileMode(0))) {
                    return target;
                }
            }
        }
        throw new Unreadable("holds the link " + link + ", which leads to no end of links");
    }

    private static boolean is(FileMode wanted, FileMode mode) {
        return wanted.equals(mode.getBits());
    }

    private static boolean isNoFile(FileMode mode) {
        return is(FileMode.TREE, mode) || is(FileMode.GITLINK, mode);
    }

    private String text(String link, ObjectId content) throws IOException, Unreadable {
        if (reader.getObjectSize(content, Constants.OBJ_BLOB) > LONGEST_LINK) {
            throw new Unreadable("holds the link " + link + ", which is too long");
        }
        return new String(
                reader.open(content, Constants.OBJ_BLOB).getCachedBytes(LONGEST_LINK), StandardCharsets.UTF_8);
    }

    private static String resolve(String from, String target, String link) throws Unreadable {
        Deque<String> parts = new ArrayDeque<>(List.of(from.split("/")));
        parts.removeLast();
        for (String part : target.split("/", -1)) {
            if ("..".equals(part) && !parts.isEmpty()) {
                parts.removeLast();
            } else if ("..".equals(part)) {
                throw outside(link);
            } else if (!part.isEmpty() && !".".equals(part)) {
                parts.addLast(part);
            }
        }
        if (target.startsWith("/") || target.indexOf('\0') >= 0) {
            throw outside(link);
        }
        return String.join("/", parts);
    }

    private static Unreadable outside(String link) {
        return new Unreadable("holds the link " + link + ", which leads out of the repository");
    }
}
