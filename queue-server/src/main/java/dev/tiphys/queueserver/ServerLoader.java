package dev.tiphys.queueserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** Knows the JDK, the server's libraries, and what starts the server; nothing of whoever embeds it. */
final class ServerLoader extends URLClassLoader {
    private static final String LIST = "queue-server/list";
    private static final String STARTER = "dev.tiphys.queueserver.elasticmq.";

    private ServerLoader(URL[] libraries) {
        super("queue-server", libraries, ClassLoader.getPlatformClassLoader());
    }

    /**
     * {@return a loader of the libraries that this module carries}
     *
     * @param directory where those are put that are inside of another file
     */
    static ServerLoader open(Path directory) throws IOException {
        String[] names = new String(bytes(LIST), UTF_8).strip().split(";");
        URL[] libraries = new URL[names.length];
        for (int i = 0; i < names.length; i++) {
            libraries[i] = library(names[i], directory);
        }
        return new ServerLoader(libraries);
    }

    private static URL library(String name, Path directory) throws IOException {
        URL carried = Objects.requireNonNull(
                ServerLoader.class.getClassLoader().getResource(name), () -> name + " is missing in this build");
        if (carried.getProtocol().equals("file")) {
            return carried;
        }
        Path copy = directory.resolve(name.substring(name.lastIndexOf('/') + 1));
        if (!Files.exists(copy)) {
            Files.createDirectories(directory);
            Path partial = Files.createTempFile(directory, "partial", ".jar");
            try (InputStream in = carried.openStream()) {
                Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(partial, copy, StandardCopyOption.ATOMIC_MOVE);
        }
        return copy.toUri().toURL();
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (!name.startsWith(STARTER)) {
            return super.findClass(name);
        }
        try {
            byte[] code = bytes(name.replace('.', '/') + ".class");
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream in = ServerLoader.class.getClassLoader().getResourceAsStream(resource)) {
            return Objects.requireNonNull(in, () -> resource + " is missing in this build")
                    .readAllBytes();
        }
    }
}
