package io.scarfall.gateway.internal.message;

import io.scarfall.engineio.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON byte by byte, for the answers and payloads of every message. The caller makes sure that the result is valid
 * JSON. Not thread-safe.
 */
public final class JsonText {

    private byte[] array;
    private int length;

    /** @param capacity about how many bytes will be written */
    public JsonText(int capacity) {
        array = new byte[capacity];
    }

    /** Appends ASCII characters unchanged. */
    @SuppressWarnings("deprecation") // the only method that copies without checking each character
    public JsonText ascii(String text) {
        reserve(text.length());
        text.getBytes(0, text.length(), array, length);
        length += text.length();
        return this;
    }

    /** Appends JSON unchanged. */
    public JsonText raw(Bytes json) {
        reserve(json.length());
        length = json.copyTo(array, length);
        return this;
    }

    /** Appends a number. */
    public JsonText number(long value) {
        return ascii(Long.toString(value));
    }

    /** Appends a string, quoted and escaped; {@code null} for null. */
    public JsonText string(@Nullable String text) {
        if (text == null) {
            return ascii("null");
        }
        reserve(text.length() + 2);
        array[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return rest(text, i);
            }
            array[length++] = (byte) c;
        }
        array[length++] = '"';
        return this;
    }

    /** Appends the rest of a string, from its first character that is not plain ASCII. */
    private JsonText rest(String text, int from) {
        StringBuilder escaped = new StringBuilder(text.length() - from + 16);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ') {
                escaped.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            } else {
                escaped.append(c);
            }
        }
        byte[] utf8 = escaped.append('"').toString().getBytes(StandardCharsets.UTF_8);
        return raw(Bytes.wrap(utf8, 0, utf8.length));
    }

    /** Appends a time as a string, in ISO 8601, UTC, with milliseconds. */
    public JsonText time(@Nullable Instant time) {
        if (time == null) {
            return ascii("null");
        }
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
        if (utc.getYear() < 0 || utc.getYear() > 9999) {
            return ascii("\"" + time + "\"");
        }
        reserve(26);
        array[length++] = '"';
        digits(utc.getYear(), 4);
        array[length++] = '-';
        digits(utc.getMonthValue(), 2);
        array[length++] = '-';
        digits(utc.getDayOfMonth(), 2);
        array[length++] = 'T';
        digits(utc.getHour(), 2);
        array[length++] = ':';
        digits(utc.getMinute(), 2);
        array[length++] = ':';
        digits(utc.getSecond(), 2);
        array[length++] = '.';
        digits(time.getNano() / 1_000_000, 3);
        array[length++] = 'Z';
        array[length++] = '"';
        return this;
    }

    private void digits(int value, int count) {
        int rest = value;
        for (int i = length + count - 1; i >= length; i--) {
            array[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += count;
    }

    private void reserve(int more) {
        if (array.length - length < more) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
        }
    }

    /** The bytes written so far. Append nothing after this call. */
    public Bytes bytes() {
        return Bytes.wrap(array, 0, length);
    }
}
