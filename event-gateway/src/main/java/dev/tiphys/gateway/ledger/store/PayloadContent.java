package dev.tiphys.gateway.ledger.store;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.tiphys.contracts.Json;
import dev.tiphys.gateway.ledger.LedgerEntry.Payload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** What a delivery held as one deflated piece: the headers as JSON, preceded by their length, then the body. */
final class PayloadContent {
    private PayloadContent() {}

    static byte[] of(@Nullable Payload payload) {
        if (payload == null) {
            return new byte[0];
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] headers = Json.bytes(payload.headers());
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
            out.writeInt(headers.length);
            out.write(headers);
            out.write(payload.body());
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    static Payload read(byte[] content) {
        try (DataInputStream in = new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(content)))) {
            Map<String, String> headers =
                    Json.mapper().readValue(in.readNBytes(in.readInt()), new TypeReference<Map<String, String>>() {});
            return new Payload(headers, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("a kept delivery cannot be read", e);
        }
    }
}
