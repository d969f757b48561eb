package io.scarfall.socketio.internal.json;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;

/**
 * Checks the placeholders {@code {"_placeholder": true, "num": n}} that stand for binary attachments in JSON (Socket.IO
 * protocol 5, "Binary event"): each must name an attachment that exists. Stateless.
 */
public final class Placeholders {

    private static final Bytes PLACEHOLDER = Bytes.utf8("_placeholder");
    private static final Bytes NUM = Bytes.utf8("num");
    private static final Bytes TRUE = Bytes.utf8("true");

    /** A longer number would not fit into an {@code int}. */
    private static final int MAX_DIGITS = 9;

    private Placeholders() {}

    /**
     * Checks all elements of a JSON array.
     *
     * @param attachments how many attachments there are
     * @throws MalformedPacketException if a placeholder names none of them, or the text is no JSON array
     */
    public static void checkArray(Bytes array, int attachments) {
        JsonCursor cursor = new JsonCursor(array);
        cursor.beginArray();
        while (cursor.nextElement()) {
            check(cursor, attachments);
        }
        cursor.end();
    }

    /**
     * Consumes one value of any kind and checks the placeholders inside it.
     *
     * @param attachments how many attachments there are
     * @throws MalformedPacketException if a placeholder names none of them, or the value is no JSON
     */
    public static void check(JsonCursor cursor, int attachments) {
        check(cursor, attachments, 1);
    }

    private static void check(JsonCursor cursor, int attachments, int depth) {
        boolean array = cursor.isArray();
        boolean object = cursor.isObject();
        if (array || object) {
            cursor.checkDepth(depth);
        }
        if (array) {
            cursor.beginArray();
            while (cursor.nextElement()) {
                check(cursor, attachments, depth + 1);
            }
        } else if (object) {
            boolean placeholder = false;
            Bytes number = Bytes.EMPTY;
            cursor.beginObject();
            for (Bytes name; (name = cursor.nextName()) != null; ) {
                boolean nested = cursor.isArray() || cursor.isObject();
                Bytes value = nested ? Bytes.EMPTY : cursor.value();
                if (nested) {
                    check(cursor, attachments, depth + 1);
                }
                if (is(name, PLACEHOLDER)) {
                    placeholder = value.equals(TRUE);
                } else if (is(name, NUM)) {
                    number = value;
                }
            }
            if (placeholder && !isBelow(attachments, number)) {
                throw new MalformedPacketException("illegal attachments (expected: num below " + attachments + ")");
            }
        } else {
            cursor.skip();
        }
    }

    /** Compares a member's name, which may have escapes. */
    private static boolean is(Bytes name, Bytes expected) {
        return name.equals(expected)
                || (name.length() > expected.length()
                        && name.utf8().indexOf('\\') >= 0
                        && Bytes.utf8(new JsonCursor(Bytes.utf8('"' + name.utf8() + '"')).string())
                                .equals(expected));
    }

    private static boolean isBelow(int attachments, Bytes number) {
        if (number.isEmpty() || number.length() > MAX_DIGITS) {
            return false;
        }
        int value = 0;
        for (int i = 0; i < number.length(); i++) {
            int digit = number.at(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            value = value * 10 + digit;
        }
        return value < attachments;
    }
}
