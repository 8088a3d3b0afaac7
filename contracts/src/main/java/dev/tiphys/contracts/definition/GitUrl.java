package dev.tiphys.contracts.definition;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be told from the URL of a Git repository without asking the server. */
public final class GitUrl {
    private static final Pattern SCP_LIKE = Pattern.compile("(?:[^@/:]+@)?([^/:]+):(?!//)(.+)");

    private GitUrl() {}

    /** {@return the path without {@code .git} and slashes at its ends, for example {@code acme/shop}} */
    public static String fullName(String url) {
        return withoutSuffix(pathOf(url));
    }

    /** {@return what a Git server calls the repository, told from its URL; {@code provider} is as in a Repository} */
    public static String fullName(String provider, String url) {
        String path = fullName(url);
        if (provider.equals("bitbucket-server")) {
            // Over HTTP the path begins with the context path, if there is one, and scm.
            return path.replaceFirst("^(.*/)?scm/(?=[^/]+/[^/]+$)", "");
        }
        return provider.equals("azure-devops") ? azureName(url, path) : path;
    }

    /** {@return the host of the server; null if the URL names none} */
    static @Nullable String host(String url) {
        Matcher scp = SCP_LIKE.matcher(url);
        if (scp.matches() && !url.contains("://")) {
            return scp.group(1);
        }
        return URI.create(url).getHost();
    }

    private static String azureName(String url, String path) {
        String name = path.replace("%20", " ");
        if (name.startsWith("v3/")) {
            return name.substring("v3/".length());
        }
        String host = host(url);
        if (host != null && host.endsWith(".visualstudio.com")) {
            name = host.substring(0, host.indexOf('.')) + "/" + name.replaceFirst("^DefaultCollection/", "");
        }
        // A project's first repository has its name, and Azure then leaves one of the two out.
        return name.replaceFirst("^([^/]+)/_git/([^/]+)$", "$1/$2/$2").replaceFirst("/_git/", "/");
    }

    /**
     * {@return a form that is equal for two spellings of one repository: host and path in lower case, no user, no
     * {@code .git}}
     */
    public static String normalised(String url) {
        Matcher scp = SCP_LIKE.matcher(url);
        if (scp.matches() && !url.contains("://")) {
            return (scp.group(1) + "/" + withoutSuffix(scp.group(2))).toLowerCase(Locale.ROOT);
        }
        URI uri = URI.create(url);
        if (uri.getHost() == null) {
            return "file:" + withoutSuffix(uri.getPath() == null ? url : uri.getPath());
        }
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return (uri.getHost() + port + "/" + withoutSuffix(uri.getPath())).toLowerCase(Locale.ROOT);
    }

    private static String pathOf(String url) {
        Matcher scp = SCP_LIKE.matcher(url);
        if (scp.matches() && !url.contains("://")) {
            return scp.group(2);
        }
        String path = URI.create(url).getPath();
        return path == null ? url : path;
    }

    private static String withoutSuffix(String path) {
        String trimmed = path.replaceAll("^/+|/+$", "");
        return trimmed.endsWith(".git") ? trimmed.substring(0, trimmed.length() - ".git".length()) : trimmed;
    }
}
