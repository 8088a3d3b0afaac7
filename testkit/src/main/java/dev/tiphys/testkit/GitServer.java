package dev.tiphys.testkit;

import dev.tiphys.testkit.HttpFront.Answer;
import dev.tiphys.testkit.HttpFront.Call;
import dev.tiphys.testkit.HttpFront.Request;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;

/**
 * A Git server over smart HTTP on 127.0.0.1: real bare repositories below a directory, for any Git client. Repositories
 * survive a restart; accounts, faults and counts do not.
 */
public final class GitServer implements AutoCloseable {
    private static final String UPLOAD = "git-upload-pack";
    private static final String RECEIVE = "git-receive-pack";

    private final Path directory;
    private final Map<String, TestRepository> repositories = new LinkedHashMap<>();
    private final List<Consumer<Push>> listeners = new CopyOnWriteArrayList<>();
    private final HttpFront front;

    private GitServer(Path directory, int port) {
        this.directory = directory.toAbsolutePath().normalize();
        this.front = HttpFront.start(port, "Git server", this::route);
    }

    /** Starts a server on a free port. */
    public static GitServer start(Path directory) {
        return start(directory, 0);
    }

    /**
     * Starts a server.
     *
     * @param directory where the repositories live
     * @param port where it listens, 0 for a free port
     * @throws IllegalStateException if the port is taken
     */
    public static GitServer start(Path directory, int port) {
        return new GitServer(directory, port);
    }

    /** The address that the repositories' URLs begin with, without a slash at the end. */
    public URI uri() {
        return front.uri();
    }

    /**
     * Creates a bare repository with the default branch {@code main}, or opens it if it is there.
     *
     * @param fullName owner and name, {@code acme/shop}
     */
    public TestRepository createRepository(String fullName) {
        if (!fullName.matches("[\\w-][\\w.-]*/[\\w-][\\w.-]*") || fullName.endsWith(".git")) {
            throw new IllegalArgumentException("repository " + fullName + " must be owner/name, without .git");
        }
        synchronized (repositories) {
            return repositories.computeIfAbsent(
                    fullName, name -> TestRepository.open(directory.resolve(name + ".git"), name, uri()));
        }
    }

    /**
     * Hears of each reference that a client pushed, in order, on a thread of its own. What {@link TestRepository} changes
     * directly is not a push.
     */
    public void onPush(Consumer<Push> listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        front.close();
        synchronized (repositories) {
            repositories.values().forEach(TestRepository::close);
            repositories.clear();
        }
    }

    private Call route(Request request) {
        Optional<TestRepository> found = repository(request);
        Optional<GitRequest> kind = kind(request);
        if (found.isEmpty() || kind.isEmpty()) {
            return new Call(Optional.empty(), () -> Answer.text(404, "not found"));
        }
        TestRepository repository = found.get();
        return new Call(repository.traffic().meet(kind.get()), () -> answer(repository, kind.get(), request));
    }

    private Optional<TestRepository> repository(Request request) {
        List<String> segments = request.segments();
        if (segments.size() < 3) {
            return Optional.empty();
        }
        String name = segments.get(0) + "/" + segments.get(1).replaceFirst("\\.git$", "");
        synchronized (repositories) {
            return Optional.ofNullable(repositories.get(name));
        }
    }

    private static Optional<GitRequest> kind(Request request) {
        String path = String.join(
                "/", request.segments().subList(2, request.segments().size()));
        String service = request.query().getOrDefault("service", "");
        return switch (request.method() + " " + path + " " + service) {
            case "GET info/refs " + UPLOAD -> Optional.of(GitRequest.FETCH_REFS);
            case "GET info/refs " + RECEIVE -> Optional.of(GitRequest.PUSH_REFS);
            case "POST " + UPLOAD + " " -> Optional.of(GitRequest.FETCH);
            case "POST " + RECEIVE + " " -> Optional.of(GitRequest.PUSH);
            default -> Optional.empty();
        };
    }

    private Answer answer(TestRepository repository, GitRequest kind, Request request) throws IOException {
        if (!repository.opensFor(request.header("Authorization"))) {
            return Answer.text(401, "authentication required").with("WWW-Authenticate", "Basic realm=\"git\"");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String type = switch (kind) {
            case FETCH_REFS -> {
                advertiseFetch(repository, request, out);
                yield UPLOAD + "-advertisement";
            }
            case PUSH_REFS -> {
                advertisePush(repository, out);
                yield RECEIVE + "-advertisement";
            }
            case FETCH -> {
                upload(repository, request).upload(body(request), out, null);
                yield UPLOAD + "-result";
            }
            case PUSH -> {
                receive(repository, request, out);
                yield RECEIVE + "-result";
            }
        };
        return new Answer(
                200,
                Map.of(
                        "Content-Type",
                        "application/x-" + type,
                        "Cache-Control",
                        "no-cache, max-age=0, must-revalidate"),
                out.toByteArray());
    }

    private static UploadPack upload(TestRepository repository, Request request) {
        UploadPack pack = new UploadPack(repository.git());
        pack.setBiDirectionalPipe(false);
        request.header("Git-Protocol").ifPresent(wanted -> pack.setExtraParameters(Set.of(wanted.split(":"))));
        return pack;
    }

    private static void advertiseFetch(TestRepository repository, Request request, ByteArrayOutputStream out)
            throws IOException {
        PacketLineOut lines = new PacketLineOut(out);
        upload(repository, request).sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines), UPLOAD);
        lines.flush();
    }

    private static void advertisePush(TestRepository repository, ByteArrayOutputStream out) throws IOException {
        PacketLineOut lines = new PacketLineOut(out);
        lines.writeString("# service=" + RECEIVE + "\n");
        lines.end();
        new ReceivePack(repository.git()).sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines));
        lines.flush();
    }

    private void receive(TestRepository repository, Request request, ByteArrayOutputStream out) throws IOException {
        List<Push> pushes = new ArrayList<>();
        ReceivePack pack = new ReceivePack(repository.git());
        pack.setBiDirectionalPipe(false);
        pack.setAtomic(false);
        pack.setPostReceiveHook((_, commands) -> {
            for (ReceiveCommand command : commands) {
                pushes.add(
                        new Push(repository, command.getRefName(), name(command.getOldId()), name(command.getNewId())));
            }
        });
        pack.receive(body(request), out, null);
        if (!pushes.isEmpty()) {
            front.later(() -> pushes.forEach(push -> listeners.forEach(listener -> listener.accept(push))));
        }
    }

    private static String name(ObjectId id) {
        return id.name();
    }

    private static InputStream body(Request request) throws IOException {
        InputStream body = new ByteArrayInputStream(request.body());
        boolean zipped = request.header("Content-Encoding").orElse("").contains("gzip");
        return zipped ? new GZIPInputStream(body) : body;
    }
}
