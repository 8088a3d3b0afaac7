package dev.tiphys.engine.work;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Makes text of UTF-8 that comes in parts: a character that is cut in two is given when it is whole. For one thread. */
public final class WholeCharacters {
    private byte[] begun = {};

    /** {@return the characters that are whole now} */
    public String add(byte[] bytes) {
        byte[] all = Arrays.copyOf(begun, begun.length + bytes.length);
        System.arraycopy(bytes, 0, all, begun.length, bytes.length);
        int whole = all.length - unfinished(all);
        begun = Arrays.copyOfRange(all, whole, all.length);
        return new String(all, 0, whole, UTF_8);
    }

    /** {@return how many bytes at the end begin a character that is not complete} */
    private static int unfinished(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int one = bytes[bytes.length - back] & 0xFF;
            if (one < 0x80) {
                return 0;
            }
            if (one >= 0xC0) {
                int length = one >= 0xF0 ? 4 : one >= 0xE0 ? 3 : 2;
                return back < length ? back : 0;
            }
        }
        return 0;
    }
}
