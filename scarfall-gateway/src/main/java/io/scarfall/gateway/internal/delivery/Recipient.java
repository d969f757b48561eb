package io.scarfall.gateway.internal.delivery;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.scarfall.engineio.Bytes;
import io.scarfall.gateway.internal.auth.UserIds;
import io.scarfall.socketio.internal.json.JsonCursor;
import org.jspecify.annotations.Nullable;

/**
 * A user to whom something is sent.
 *
 * @param json the id as a JSON string, as it came: it is passed on to the client and into the answer
 */
record Recipient(String id, Bytes json) {

    /** What JSON's null is read as: an id that no user can have. */
    private static final Recipient NOBODY = new Recipient("\0", Bytes.utf8("null"));

    /** Takes a JSON string, an integer, which counts as its decimal string, or null; answers null for everything else. */
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

    /** Takes a JSON string. */
    static Recipient of(Bytes json) {
        for (int i = 1; i < json.length() - 1; i++) {
            if (json.at(i) == '\\') {
                return new Recipient(new JsonCursor(json).string(), json);
            }
        }
        return new Recipient(json.slice(1, json.length() - 1).utf8(), json);
    }

    /** Takes an id. */
    static Recipient of(String id) {
        byte[] inner = JsonStringEncoder.getInstance().quoteAsUTF8(id);
        byte[] json = new byte[inner.length + 2];
        json[0] = '"';
        System.arraycopy(inner, 0, json, 1, inner.length);
        json[json.length - 1] = '"';
        return new Recipient(id, Bytes.wrap(json));
    }
}
