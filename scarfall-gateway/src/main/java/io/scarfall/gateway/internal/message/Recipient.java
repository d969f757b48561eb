package io.scarfall.gateway.internal.message;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.scarfall.engineio.Bytes;
import io.scarfall.gateway.internal.auth.UserIds;
import io.scarfall.socketio.internal.json.JsonCursor;
import org.jspecify.annotations.Nullable;

/**
 * A recipient of an event.
 *
 * @param json the id as a JSON string, exactly as the sender wrote it; the client and the answer get it unchanged
 */
public record Recipient(String id, Bytes json) {

    /** Stands for JSON's null: an id that no user can have. */
    private static final Recipient NOBODY = new Recipient("\0", Bytes.utf8("null"));

    /** Reads a JSON string, an integer (as its decimal string) or null. Returns null for anything else. */
    static @Nullable Recipient read(JsonCursor cursor) {
        if (cursor.isString()) {
            return of(cursor.value());
        }
        Bytes json = cursor.value();
        if (json.equals(NOBODY.json())) {
            return NOBODY;
        }
        String id = UserIds.read(json);
        return id == null ? null : of(id);
    }

    /** From a JSON string. */
    public static Recipient of(Bytes json) {
        for (int i = 1; i < json.length() - 1; i++) {
            if (json.at(i) == '\\') {
                return new Recipient(new JsonCursor(json).string(), json);
            }
        }
        return new Recipient(json.slice(1, json.length() - 1).utf8(), json);
    }

    /** From an id. */
    public static Recipient of(String id) {
        byte[] inner = JsonStringEncoder.getInstance().quoteAsUTF8(id);
        byte[] json = new byte[inner.length + 2];
        json[0] = '"';
        System.arraycopy(inner, 0, json, 1, inner.length);
        json[json.length - 1] = '"';
        return new Recipient(id, Bytes.wrap(json));
    }
}
