package dev.tiphys.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Remembers where a part listened, so that clients find it again after a restart. */
final class LastPort {

    private LastPort() {}

    /** {@return the port of the last start if it is free now; else 0 for any free one} */
    static int of(Path data, String part) {
        try {
            int port = Integer.parseInt(Files.readString(file(data, part)).strip());
            return isFree(port) ? port : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    static void remember(Path data, String part, int port) {
        try {
            Files.createDirectories(file(data, part).getParent());
            Files.writeString(file(data, part), port + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("the port of the " + part + " cannot be remembered in " + data, e);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static Path file(Path data, String part) {
        return data.resolve("ports").resolve(part);
    }
}
