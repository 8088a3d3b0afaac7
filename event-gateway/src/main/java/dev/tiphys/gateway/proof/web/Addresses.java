package dev.tiphys.gateway.proof.web;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Decides which machine is asked for an address: resolved once, and only where a stranger's word may lead.
 *
 * @param names resolves a host
 * @param privateHosts hosts, in lower case, that may be in a private network: whoever runs the gateway names them
 */
record Addresses(Names names, Set<String> privateHosts) {
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
    private static final Pattern NUMBERS = Pattern.compile("(0x[0-9a-f]*|[0-9]+)(\\.(0x[0-9a-f]*|[0-9]+))*");
    private static final int HTTPS = 443;

    Addresses {
        privateHosts = Set.copyOf(privateHosts);
    }

    /** Resolves names. */
    @FunctionalInterface
    interface Names {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    /** Where to connect to, and by which name. */
    record Place(InetAddress address, String host, int port, String path) {}

    /** An address is not asked. */
    static final class NotAsked extends Exception {
        NotAsked(String message) {
            super(message);
        }
    }

    /**
     * {@return the place}
     *
     * @throws NotAsked if it may not be asked
     * @throws UnknownHostException if there is no such host
     */
    Place of(URI uri) throws NotAsked, UnknownHostException {
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        if (!"https".equals(uri.getScheme()) || uri.getRawUserInfo() != null) {
            throw new NotAsked("only https is spoken, and nobody logs in");
        }
        // A number as a name has too many spellings: 127.1, 0x7f.1, 2130706433.
        if (!NAME.matcher(host).matches() || (NUMBERS.matcher(host).matches() && !privateHosts.contains(host))) {
            throw new NotAsked("its host is not a name");
        }
        List<InetAddress> found = List.of(names.of(host));
        if (!privateHosts.contains(host) && !found.stream().allMatch(Addresses::isPublic)) {
            throw new NotAsked(
                    "its host is not in the public network; name it in tiphys.gateway.keys.private-hosts if it may"
                            + " be asked");
        }
        String path = (uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        return new Place(found.getFirst(), host, uri.getPort() < 0 ? HTTPS : uri.getPort(), path);
    }

    /** {@return whether an address is one that anybody may reach} */
    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        return bytes.length == 4 ? isPublicV4(at(bytes, 0), at(bytes, 1), at(bytes, 2)) : isPublicV6(bytes);
    }

    private static boolean isPublicV4(int first, int second, int third) {
        boolean shared = first == 100 && second >= 64 && second < 128;
        boolean special = first == 192 && second == 0 && (third == 0 || third == 2);
        boolean documentation =
                (first == 198 && second == 51 && third == 100) || (first == 203 && second == 0 && third == 113);
        boolean benchmark = first == 198 && (second == 18 || second == 19);
        return first != 0
                && first < 224
                && first != 127
                && first != 10
                && !shared
                && !special
                && !documentation
                && !benchmark;
    }

    /** Only global unicast, and nothing that carries another kind of address within. */
    private static boolean isPublicV6(byte[] bytes) {
        int first = (at(bytes, 0) << 8) | at(bytes, 1);
        int second = (at(bytes, 2) << 8) | at(bytes, 3);
        boolean global = (first & 0xe000) == 0x2000;
        boolean tunnel = first == 0x2002 || (first == 0x2001 && (second == 0 || second == 0xdb8));
        return global && !tunnel;
    }

    private static int at(byte[] bytes, int index) {
        return bytes[index] & 0xff;
    }
}
