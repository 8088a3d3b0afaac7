package dev.tiphys.syncer.source.git;

import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jgit.transport.URIish;

/**
 * The checked address of a repository. Only four protocols are spoken, and nothing in an address may pass for an option or
 * a command.
 */
final class RepositoryAddress {
    private static final Set<String> SCHEMES = Set.of("https", "http", "ssh", "file");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9\\[][A-Za-z0-9.:_\\[\\]-]*");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+@%-]*");
    private static final int LONGEST = 2000;

    /** The address is none that is spoken; the message says why, without user and password. */
    static final class Unfit extends Exception {
        Unfit(String message) {
            super(message);
        }
    }

    private final URIish uri;

    private RepositoryAddress(URIish uri) {
        this.uri = uri;
    }

    static RepositoryAddress of(String url) throws Unfit {
        if (url.isEmpty()
                || url.length() > LONGEST
                || url.startsWith("-")
                || url.chars().anyMatch(c -> c <= ' ')) {
            throw new Unfit("the repository's URL is not one");
        }
        if (url.contains("::")) {
            throw new Unfit("remote helpers (name::address) are not used; give an https, http, ssh or file URL");
        }
        try {
            return of(new URIish(url));
        } catch (URISyntaxException _) {
            // its message repeats the URL, perhaps with a password
            throw new Unfit("the repository's URL is not one");
        }
    }

    private static RepositoryAddress of(URIish parsed) throws Unfit {
        String scheme = parsed.getScheme() == null ? "" : parsed.getScheme().toLowerCase(Locale.ROOT);
        boolean scpLike = scheme.isEmpty() && parsed.getHost() != null;
        boolean localPath = scheme.isEmpty() && !scpLike && parsed.getPath().startsWith("/");
        if (!scpLike && !localPath && !SCHEMES.contains(scheme)) {
            throw new Unfit("the repository's URL must begin with https, http, ssh or file");
        }
        boolean remote = scpLike || (!localPath && !"file".equals(scheme));
        if (remote
                && (parsed.getHost() == null || !HOST.matcher(parsed.getHost()).matches())) {
            throw new Unfit("the host in the repository's URL is not one");
        }
        if (parsed.getUser() != null && !USER.matcher(parsed.getUser()).matches()) {
            throw new Unfit("the user in the repository's URL is not one");
        }
        String path = parsed.getPath() == null ? "" : parsed.getPath();
        if (path.isEmpty() || path.startsWith("-") || path.startsWith("/-") || (scpLike && path.contains("://"))) {
            throw new Unfit("the path in the repository's URL is not one");
        }
        return new RepositoryAddress(parsed);
    }

    URIish uri() {
        return uri;
    }

    boolean isSsh() {
        return "ssh".equals(uri.getScheme()) || (uri.getScheme() == null && uri.getHost() != null);
    }

    boolean isHttp() {
        return uri.getScheme() != null
                && uri.getScheme().toLowerCase(Locale.ROOT).startsWith("http");
    }

    /** {@return the URL without user and password} */
    String shown() {
        return uri.setPass(null).setUser(null).toString();
    }

    /**
     * {@return the name of the mirror's folder: equal for the spellings of one repository. Unlike for matching webhooks the
     * path keeps its case: two repositories of a server that tells them apart must never share a mirror}
     */
    String mirrorName() {
        String host = uri.getHost() == null ? "file" : uri.getHost().toLowerCase(Locale.ROOT);
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = uri.getPath().replaceAll("^/+|/+$", "").replaceAll("\\.git$", "");
        String identity = host + port + "/" + path;
        String readable = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9_-]", "_");
        return readable.substring(0, Math.min(40, readable.length())) + "-" + digest(identity) + ".git";
    }

    static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
