package io.scarfall.socketio;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values that an application keeps on a socket: an array of keys, each followed by its value. A socket has few of
 * them and most never change, so an array costs less memory than a map. An array is never changed, so that any thread
 * may read it; a change returns another array.
 */
final class Attributes {

    static final Object[] NONE = {};

    private Attributes() {}

    static <T> @Nullable T get(Object[] attributes, Attribute<T> attribute) {
        int index = index(attributes, attribute);
        if (index == attributes.length) {
            return null;
        }
        @SuppressWarnings("unchecked") // with() put it there
        T value = (T) attributes[index + 1];
        return value;
    }

    static <T> Object[] with(Object[] attributes, Attribute<T> attribute, T value) {
        int index = index(attributes, attribute);
        Object[] changed = Arrays.copyOf(attributes, Math.max(attributes.length, index + 2));
        changed[index] = attribute;
        changed[index + 1] = value;
        return changed;
    }

    static Object[] without(Object[] attributes, Attribute<?> attribute) {
        int index = index(attributes, attribute);
        if (index == attributes.length) {
            return attributes;
        }
        if (attributes.length == 2) {
            return NONE;
        }
        Object[] changed = new Object[attributes.length - 2];
        System.arraycopy(attributes, 0, changed, 0, index);
        System.arraycopy(attributes, index + 2, changed, index, changed.length - index);
        return changed;
    }

    /** The place of a key; the length if it is not there. */
    private static int index(Object[] attributes, Attribute<?> attribute) {
        int index = 0;
        while (index < attributes.length && attributes[index] != attribute) {
            index += 2;
        }
        return index;
    }
}
