package io.scarfall.presence.redis;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The answer of a script: texts, numbers, lists of them, and nulls. */
record Reply(List<? extends @Nullable Object> parts) {

    int size() {
        return parts.size();
    }

    /** Whether there is a text or a number rather than a list. */
    boolean isText(int index) {
        return index < parts.size() && !(parts.get(index) instanceof List);
    }

    /** Whether this part is null. */
    boolean isNothing(int index) {
        return parts.get(index) == null;
    }

    String text(int index) {
        Object part = parts.get(index);
        if (part == null) {
            throw new IllegalStateException("reply: nothing at " + index + " (expected: a text)");
        }
        return part.toString();
    }

    long number(int index) {
        return Long.parseLong(text(index));
    }

    Reply list(int index) {
        return new Reply((List<?>) Objects.requireNonNull(parts.get(index)));
    }
}
