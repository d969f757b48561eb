package io.scarfall.presence.redis;

import org.jspecify.annotations.Nullable;

/**
 * Texts as tab-separated fields of a line. Within a field, a tab, a line feed and a backslash are written {@code \t},
 * {@code \n} and {@code \\}; {@code \N} is null. So scripts find fields by a plain search, whatever a client has
 * written into its own ones.
 */
final class Fields {

    /** The field of null, which is not an empty text. */
    static final String NONE = "\\N";

    private Fields() {}

    /** The field of a text. */
    static String of(@Nullable String text) {
        return text == null ? NONE : escape(text);
    }

    /** The text of a field; {@code null} if it is null. */
    static @Nullable String text(String field) {
        return field.equals(NONE) ? null : unescape(field);
    }

    static String escape(String text) {
        int first = firstSpecial(text);
        if (first < 0) {
            return text;
        }
        StringBuilder field = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\t' -> field.append("\\t");
                case '\n' -> field.append("\\n");
                case '\\' -> field.append("\\\\");
                default -> field.append(c);
            }
        }
        return field.toString();
    }

    private static int firstSpecial(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t' || c == '\n' || c == '\\') {
                return i;
            }
        }
        return -1;
    }

    /** @throws IllegalArgumentException if that is not what {@link #escape} writes */
    static String unescape(String field) {
        int first = field.indexOf('\\');
        if (first < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder(field.length());
        int from = 0;
        for (int at = first; at >= 0; at = field.indexOf('\\', from)) {
            text.append(field, from, at);
            switch (at + 1 < field.length() ? field.charAt(at + 1) : ' ') {
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case '\\' -> text.append('\\');
                default -> throw malformed();
            }
            from = at + 2;
        }
        return text.append(field, from, field.length()).toString();
    }

    static IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "record: malformed (expected: what this version writes)"); // no personal text
    }
}
