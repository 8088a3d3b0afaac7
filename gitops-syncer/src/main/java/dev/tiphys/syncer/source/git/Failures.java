package dev.tiphys.syncer.source.git;

import dev.tiphys.syncer.source.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.jspecify.annotations.Nullable;

/** Tells failures that pass from failures that need a person, and from damage of our own copy. */
final class Failures {
    private static final List<String> REFUSED_ENTRY = List.of(
            "not authorized",
            "authentication is required",
            "authentication not supported",
            "auth fail",
            "no more authentication methods",
            "not permitted",
            "permission denied",
            "cannot log in");
    private static final List<String> UNKNOWN_HOST_KEY = List.of("server key did not validate", "host key");
    /** Trying again does not help. */
    static final class NeedsPerson extends IOException {
        NeedsPerson(String message) {
            super(message);
        }
    }

    private Failures() {}

    static <T> Answer<T> answer(RepositoryAddress address, Exception failure) {
        String server = address.shown();
        if (any(failure, NeedsPerson.class) || any(failure, Remote.TooMuch.class)) {
            return new Answer.Stuck<>(server + ": " + failure.getMessage());
        }
        if (any(failure, NoRemoteRepositoryException.class)) {
            return new Answer.Stuck<>(server + " is no repository, or these credentials may not see it");
        }
        if (says(failure, REFUSED_ENTRY)) {
            return new Answer.Stuck<>(server + " does not let us in: check the repository's credentials");
        }
        if (says(failure, UNKNOWN_HOST_KEY)) {
            return new Answer.Stuck<>(server + " shows a host key that is not in the known_hosts file");
        }
        if (any(failure, SSLHandshakeException.class)) {
            return new Answer.Stuck<>(server + " shows a certificate that is not trusted: " + text(failure));
        }
        if (any(failure, UnknownHostException.class)) {
            return new Answer.Waiting<>(server + ": its host has no address at present");
        }
        if (any(failure, ConnectException.class)) {
            return new Answer.Waiting<>(server + " does not answer");
        }
        if (any(failure, SocketTimeoutException.class)) {
            return new Answer.Waiting<>(server + " is silent for too long");
        }
        return new Answer.Waiting<>(server + ": " + text(failure));
    }

    static boolean isDamage(Throwable failure) {
        return causes(failure)
                .anyMatch(cause -> cause instanceof MissingObjectException || cause instanceof CorruptObjectException);
    }

    /** {@return the failure in one line, without addresses' users and passwords} */
    static String text(@Nullable Throwable failure) {
        if (failure == null) {
            return "unknown";
        }
        String message = Optional.ofNullable(failure.getMessage())
                .orElse(failure.getClass().getSimpleName());
        String line = message.lines().findFirst().orElse("").replaceAll("://[^/@\\s]*@", "://");
        return line.length() <= 300 ? line : line.substring(0, 300) + "…";
    }

    private static boolean says(Throwable failure, List<String> words) {
        return causes(failure)
                .map(cause -> String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT))
                .anyMatch(message -> words.stream().anyMatch(message::contains));
    }

    private static boolean any(Throwable failure, Class<? extends Throwable> type) {
        return causes(failure).anyMatch(type::isInstance);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(20);
    }
}
