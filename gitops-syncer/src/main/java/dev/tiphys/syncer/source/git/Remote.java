package dev.tiphys.syncer.source.git;

import dev.tiphys.platform.git.SshSessions;
import dev.tiphys.syncer.source.GitRequests;
import dev.tiphys.syncer.source.RepositoryAccess.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.PackLock;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.jspecify.annotations.Nullable;

/** The server's side of one repository. */
final class Remote {
    private final RepositoryAddress address;
    private final @Nullable Credentials credentials;
    private final GitConfig config;
    private final GitRequests requests;

    Remote(RepositoryAddress address, @Nullable Credentials credentials, GitConfig config, GitRequests requests) {
        this.address = address;
        this.credentials = credentials;
        this.config = config;
        this.requests = requests;
    }

    /**
     * Asks which refs there are, and fetches those that are chosen, in one conversation.
     *
     * @param prefixes of the refs that matter; none for all
     * @param choice which of them to have here afterwards
     * @return the refs of the server
     */
    Collection<Ref> fetch(Repository into, List<String> prefixes, Function<Collection<Ref>, Collection<Ref>> choice)
            throws IOException {
        Deadline deadline = new Deadline(config.patience(), config.maxObjects());
        try (Transport transport = open(into);
                FetchConnection connection = refs(transport, prefixes)) {
            Collection<Ref> refs = connection.getRefs();
            List<Ref> absent = new ArrayList<>();
            for (Ref ref : choice.apply(refs)) {
                Optional<ObjectId> id = id(ref);
                if (id.isPresent() && !into.getObjectDatabase().has(id.get())) {
                    absent.add(ref);
                }
            }
            if (!absent.isEmpty()) {
                objects(connection, absent, deadline);
                absent.stream().filter(ref -> ref.getName().startsWith("refs/")).forEach(ref -> remember(into, ref));
            }
            return refs;
        } catch (TransportException e) {
            if (deadline.tooManyObjects()) {
                throw new TooMuch("it holds more than " + config.maxObjects() + " objects");
            }
            throw e;
        }
    }

    /** The repository is larger than allowed. */
    static final class TooMuch extends IOException {
        TooMuch(String message) {
            super(message);
        }
    }

    /** {@return the commit of a branch or tag; empty for a branch without any} */
    static Optional<ObjectId> id(Ref ref) {
        return Optional.ofNullable(ref.getPeeledObjectId()).or(() -> Optional.ofNullable(ref.getObjectId()));
    }

    private Transport open(Repository into) throws IOException {
        Transport transport;
        try {
            transport = Transport.open(into, address.uri());
        } catch (NotSupportedException e) {
            throw new TransportException(address.shown() + " is spoken by nobody here", e);
        }
        transport.setTimeout(Math.max(1, (int) config.silence().toSeconds()));
        if (credentials instanceof Credentials.Password password) {
            transport.setCredentialsProvider(new Entry(address.uri(), password));
        }
        if (transport instanceof SshTransport ssh) {
            if (credentials instanceof Credentials.Password) {
                transport.close();
                throw new Failures.NeedsPerson(
                        "ssh is entered with a key: give sshPrivateKey instead of username and password");
            }
            String key = credentials instanceof Credentials.SshKey given ? given.privateKey() : null;
            List<Path> knownHosts = config.knownHosts().map(List::of).orElse(List.of());
            ssh.setSshSessionFactory(SshSessions.of(key, knownHosts, config.directory()));
        }
        return transport;
    }

    private FetchConnection refs(Transport transport, List<String> prefixes) throws IOException {
        List<RefSpec> specs = prefixes.stream().map(Remote::spec).toList();
        return counted(GitRequests.Kind.REFS, () -> transport.openFetch(specs));
    }

    private static RefSpec spec(String prefix) {
        return prefix.endsWith("/") ? new RefSpec(prefix + "*:" + prefix + "*") : new RefSpec().setSource(prefix);
    }

    private void objects(FetchConnection connection, List<Ref> wanted, ProgressMonitor monitor) throws IOException {
        counted(GitRequests.Kind.OBJECTS, () -> {
            connection.fetch(monitor, wanted, Set.of());
            for (PackLock lock : connection.getPackLocks()) {
                lock.unlock();
            }
            return Optional.empty();
        });
    }

    private interface Request<T> {
        T ask() throws IOException;
    }

    private <T> T counted(GitRequests.Kind kind, Request<T> request) throws IOException {
        long begin = System.nanoTime();
        boolean answered = false;
        try {
            T answer = request.ask();
            answered = true;
            return answer;
        } finally {
            requests.asked(address.shown(), kind, answered, Duration.ofNanos(System.nanoTime() - begin));
        }
    }

    /**
     * Keeps in mind what is here, so that the next fetch brings only what is new. The name is a digest: branches like
     * {@code a} and {@code a/b} follow each other on servers, but cannot stand side by side as files.
     */
    private static void remember(Repository repository, Ref ref) {
        try {
            RefUpdate update = repository.updateRef("refs/seen/" + RepositoryAddress.digest(ref.getName()));
            update.setNewObjectId(ref.getObjectId());
            update.setForceUpdate(true);
            update.disableRefLog();
            update.update();
        } catch (IOException e) {
            throw new UncheckedIOException("the mirror cannot be written", e);
        }
    }
}
