package io.scarfall.presence.internal.check;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Refuses values with {@link IllegalArgumentException}, all in the form {@code name: value (expected: ...)}. */
public final class Check {

    /** The longest user or session id, in characters. Ids become parts of keys, so they are bounded. */
    public static final int MAX_ID_LENGTH = 512;

    private Check() {}

    /**
     * An id: not empty, bounded, and made of whole code points. Half a surrogate pair has no UTF-8, so two ids could
     * get one key.
     */
    public static void id(String name, String value) {
        Objects.requireNonNull(value, name);
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + ": empty (expected: 1 to " + MAX_ID_LENGTH + " characters)");
        }
        text(name, value, MAX_ID_LENGTH);
    }

    /** A text of bounded length, made of whole code points; {@code null} passes. */
    public static void optionalText(String name, @Nullable String value, int maxLength) {
        if (value != null) {
            text(name, value, maxLength);
        }
    }

    /** A number with a lower bound. */
    public static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }

    private static void text(String name, String value, int maxLength) {
        if (value.length() > maxLength) {
            // the length, not the value: it is too long for a message, and may be personal
            throw new IllegalArgumentException(
                    name + ": " + value.length() + " characters (expected: <= " + maxLength + ")");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException(
                            name + ": unpaired surrogate at " + i + " (expected: well-formed text)");
                }
                i++;
            }
        }
    }
}
