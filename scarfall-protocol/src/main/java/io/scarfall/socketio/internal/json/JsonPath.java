package io.scarfall.socketio.internal.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the path of a value in JSON, such as {@code [0].items[2].price}. It is shown to clients and in logs. So it is
 * bounded, and it contains names of members, but no key of a map: such a key may be any text, even a secret. Not
 * thread-safe.
 */
public final class JsonPath {

    private static final int MAX_LENGTH = 200;
    private static final int MAX_NAME_LENGTH = 64;

    private final StringBuilder text = new StringBuilder();

    /** Appends an element of an array. */
    public JsonPath element(int index) {
        return append("[" + index + "]");
    }

    /**
     * Appends what a library reports as one step.
     *
     * @param container the object that has the member, or its class; null if unknown
     * @param name the member's name; null for an element of an array
     * @param index the element's index, if there is no name
     */
    public JsonPath step(@Nullable Object container, @Nullable String name, int index) {
        if (name == null) {
            return index < 0 ? this : element(index);
        }
        boolean isMap =
                container instanceof Map || (container instanceof Class<?> type && Map.class.isAssignableFrom(type));
        return append(isMap || !isName(name) ? ".*" : "." + name);
    }

    private JsonPath append(String step) {
        if (text.length() + step.length() <= MAX_LENGTH) {
            text.append(step);
        }
        return this;
    }

    /** Whether a text looks like the name of a property, which is not true for most texts of clients. */
    private static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_NAME_LENGTH
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || c == '_'
                                || c == '-'
                                || c == '$');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
