package dev.tiphys.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;

/** A sender that writes its bytes itself, because no client would write these. */
final class Wire implements AutoCloseable {
    private final Socket socket;

    private Wire(Socket socket) {
        this.socket = socket;
    }

    static Wire to(URI address) throws IOException {
        Socket socket = new Socket(address.getHost(), address.getPort());
        socket.setSoTimeout(20_000);
        return new Wire(socket);
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Sends until it is cut off, or all of it. {@return whether it was cut off} */
    boolean sendUntilCutOff(byte[] piece, int times) {
        try {
            for (int i = 0; i < times; i++) {
                send(piece);
            }
            return false;
        } catch (IOException _) {
            // This is what is asked.
            return true;
        }
    }

    /** {@return the status of the answer that comes first; 0 if there is none before the end} */
    int status() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = read();
        while (next >= 0 && next != '\r') {
            line.write(next);
            next = read();
        }
        String[] words = line.toString(ISO_8859_1).split(" ", -1);
        return words.length < 2 ? 0 : Integer.parseInt(words[1]);
    }

    /** {@return everything that comes until the connection ends} */
    String rest() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int next = read();
        while (next >= 0) {
            all.write(next);
            next = read();
        }
        return all.toString(ISO_8859_1);
    }

    private int read() throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            throw new IOException("neither an answer nor an end within 20 s", e);
        } catch (IOException _) {
            // A connection that was reset has ended.
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
