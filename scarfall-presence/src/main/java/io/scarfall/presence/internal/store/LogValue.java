package io.scarfall.presence.internal.store;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Formats values for the log lines of a store. Users and other programs choose ids, keys and parts of error messages;
 * none of them may look like another line or another field.
 */
public final class LogValue {

    /** Longer values are cut. */
    private static final int MAX_LENGTH = 256;

    private LogValue() {}

    /**
     * The value as it appears in the log. A word of visible ASCII characters is not changed. Anything else is quoted;
     * within quotes, {@code "}, {@code \}, {@code =} and all characters other than space and visible ASCII are
     * escaped.
     */
    public static String of(@Nullable Object value) {
        String text = String.valueOf(value);
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.chars().limit(MAX_LENGTH).forEach(c -> {
            if (c >= ' ' && c < 0x7f && c != '=' && c != '"' && c != '\\') {
                escaped.append((char) c);
            } else {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
            }
        });
        boolean isWord = escaped.length() == text.length() && !text.isEmpty() && text.indexOf(' ') < 0;
        return isWord ? text : "\"" + escaped + (text.length() > MAX_LENGTH ? "...\"" : "\"");
    }
}
