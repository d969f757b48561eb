package io.scarfall.gateway.delivery;

import io.scarfall.engineio.packet.Bytes;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * JSON while it is written, byte by byte: for the answers and payloads that are written for every message. Whoever writes
 * sees to it that it becomes JSON. Not thread-safe.
 */
public final class JsonText {

    private byte[] array;
    private int length;

    /** @param capacity how many bytes will be written, about */
    public JsonText(int capacity) {
        array = new byte[capacity];
    }

    /** Appends a text of ASCII characters as it is. */
    @SuppressWarnings("deprecation") // the one way that copies without looking at each character
    public JsonText ascii(String text) {
        reserve(text.length());
        text.getBytes(0, text.length(), array, length);
        length += text.length();
        return this;
    }

    /** Appends JSON as it is. */
    public JsonText raw(Bytes json) {
        reserve(json.length());
        length = json.copyTo(array, length);
        return this;
    }

    /** Appends a number. */
    public JsonText number(long value) {
        return ascii(Long.toString(value));
    }

    /** Appends a time as a string, in ISO 8601, UTC, with milliseconds. */
    public JsonText time(Instant time) {
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

    /** What was written. Nothing may be appended any more. */
    public Bytes bytes() {
        return Bytes.wrap(array, 0, length);
    }
}
