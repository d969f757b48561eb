package io.scarfall.engineio.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A value in a log line that a peer may have chosen, written so that it can forge neither keys nor lines. A plain word
 * stays as it is; anything else is quoted. In quotes, {@code "}, {@code \}, {@code =}, and control, direction and other
 * invisible characters are escaped, and a long value is cut. The text is made when the line is written; if the log
 * level is off, the cost is one small object. Immutable and thread-safe.
 */
public final class LogText {

    /** Longer values are cut. */
    static final int MAX_LENGTH = 256;

    private static final int DIGEST_BYTES = 6;

    private final @Nullable Object value;
    private final boolean isSecret;

    private LogText(@Nullable Object value, boolean isSecret) {
        this.value = value;
        this.isSecret = isSecret;
    }

    /** A value that a peer may have chosen: a user's id, a path, an address, a reason, an error. */
    public static LogText of(@Nullable Object value) {
        return new LogText(value, false);
    }

    /**
     * Names a session in the log without its id, which is a credential: the first 48 bits of the id's SHA-256, in
     * hexadecimal.
     */
    public static LogText sid(String id) {
        return new LogText(id, true);
    }

    /** The text for the log. */
    @Override
    public String toString() {
        String text = String.valueOf(value);
        return isSecret ? digest(text) : escaped(text);
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    /** Returns a text as the log shows it. */
    public static String escaped(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
        int end = text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), MAX_LENGTH));
        for (int i = 0; i < end; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c == ' ' || (c != '=' && isVisible(c))) {
                quoted.appendCodePoint(c);
            } else {
                for (char unit : Character.toChars(c)) {
                    quoted.append(String.format("\\u%04x", (int) unit));
                }
            }
        }
        quoted.append('"');
        return end == text.length() ? quoted.toString() : quoted + "...(" + text.length() + ")";
    }

    private static boolean isPlain(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '=' || c == '"' || c == '\\' || !isVisible(c)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a character is visible, and does not change the characters around it. */
    private static boolean isVisible(int c) {
        if (c < 0x7F) {
            return c > ' ';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK -> false;
            default -> !isInvisibleLetter(c);
        };
    }

    /** Letters without a visible form, such as the fillers of Hangul and the blank of Braille. */
    private static boolean isInvisibleLetter(int c) {
        return c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x2800;
    }
}
