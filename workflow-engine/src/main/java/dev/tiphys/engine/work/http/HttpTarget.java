package dev.tiphys.engine.work.http;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;

/**
 * Decides where a step may send a request. Private networks and this machine are where much of what a pipeline calls
 * lives; the addresses that a cloud answers its own machines on, credentials included, are not.
 */
final class HttpTarget {
    private static final Set<String> SCHEMES = Set.of("http", "https");
    /** Answers of clouds to their machines outside of the link-local range. */
    private static final Set<String> METADATA = Set.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200", "192.0.0.192");

    private HttpTarget() {}

    /** {@return the address, of a scheme and form that may be called} */
    static URI parse(String url) throws CannotSend {
        try {
            URI uri = new URI(url.strip());
            String scheme = uri.getScheme();
            if (scheme == null || !SCHEMES.contains(scheme.toLowerCase(Locale.ROOT)) || uri.getHost() == null) {
                throw new CannotSend(shown(url) + " is no http or https address");
            }
            if (uri.getUserInfo() != null) {
                throw new CannotSend("the url holds credentials: put them into a header with a secretRef");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new CannotSend(shown(url) + " is no address: " + e.getReason());
        }
    }

    /**
     * Refuses a host that has a forbidden address among its own. The JDK's cache of names keeps what was seen here for the
     * connection that follows.
     *
     * @throws UnknownHostException if its name is not known just now
     */
    static void permit(URI uri) throws CannotSend, UnknownHostException {
        for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
            if (address.isLinkLocalAddress()
                    || address.isAnyLocalAddress()
                    || address.isMulticastAddress()
                    || METADATA.contains(address.getHostAddress().replaceFirst("%.*", ""))) {
                throw new CannotSend(uri.getHost() + " leads to " + address.getHostAddress()
                        + ", a link-local, metadata, wildcard or multicast address, which steps may not call");
            }
        }
    }

    /** A query may hold what nobody should read in a message. */
    private static String shown(String url) {
        String bare = url.replaceFirst("[?#].*", "").replaceFirst("//[^/@]*@", "//");
        return bare.length() > 100 ? bare.substring(0, 100) + "…" : bare;
    }
}
