package io.scarfall.socketio.packet;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import io.scarfall.engineio.Bytes;

/**
 * A JSON text that is passed on as it is, as an argument of an event or inside one. Immutable and thread-safe.
 *
 * @param json one valid JSON value in UTF-8
 */
public record RawJson(Bytes json) {

    static final RawJson NULL = new RawJson(Bytes.utf8("null"));

    /** Wraps a JSON text, which must be valid: it is not checked. */
    public static RawJson of(String json) {
        return new RawJson(Bytes.utf8(json));
    }

    /** Whether the text is {@code null}. */
    public boolean isNull() {
        return json.equals(NULL.json);
    }

    @JsonValue
    @JsonRawValue
    String text() {
        return json.utf8();
    }
}
