package io.scarfall.gateway.internal.auth;

import io.scarfall.engineio.Bytes;
import io.scarfall.gateway.Identity;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.packet.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * Reads ids of users from JSON that clients and services write. A string is an id. An integer counts as its decimal string,
 * because systems with numeric ids write them as numbers. Nothing else is an id. Thread-safe.
 */
public final class UserIds {

    private UserIds() {}

    /**
     * Reads an id.
     *
     * @param json one JSON value, without white space around it
     * @return null if the value is neither a string nor an integer; the id may still be one that no user can have
     */
    public static @Nullable String read(Bytes json) {
        JsonCursor cursor = new JsonCursor(json);
        return cursor.isString() ? cursor.string() : integer(json);
    }

    /** The decimal string of a JSON integer; null for anything else, such as {@code 1.0} and {@code 1e3}. */
    static @Nullable String integer(Bytes json) {
        int digits = !json.isEmpty() && json.at(0) == '-' ? 1 : 0;
        if (digits == json.length()) {
            return null;
        }
        for (int i = digits; i < json.length(); i++) {
            if (json.at(i) < '0' || json.at(i) > '9') {
                return null;
            }
        }
        String text = json.utf8();
        return text.equals("-0") ? "0" : text;
    }

    /**
     * Reads a required id.
     *
     * @param name the name of the field, for the exception
     * @throws IllegalArgumentException if the id is missing, or no user can have it; the message names the field
     */
    public static String require(String name, @Nullable RawJson json, int maxLength) {
        if (json == null || json.isNull()) {
            throw new IllegalArgumentException(name + ": missing (expected: the id of a user)");
        }
        String id = read(json.json());
        if (id == null) {
            throw new IllegalArgumentException(name + ": not an id (expected: a string or an integer)");
        }
        if (!Identity.isUserId(id, maxLength)) {
            throw new IllegalArgumentException(name + ": malformed (expected: 1 to " + maxLength
                    + " characters, none of them a control character)");
        }
        return id;
    }
}
