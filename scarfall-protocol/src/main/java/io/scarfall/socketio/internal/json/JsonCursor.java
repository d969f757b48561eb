package io.scarfall.socketio.internal.json;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.Limit;
import io.scarfall.engineio.MalformedPacketException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Walks once over JSON text (RFC 8259) without building objects, and returns values as raw bytes. It strictly checks what it
 * passes. The order of calls follows the text:
 *
 * <pre>{@code
 * cursor.beginObject();
 * for (Bytes name; (name = cursor.nextName()) != null; ) {
 *     Bytes value = cursor.value();
 * }
 * cursor.end();
 * }</pre>
 *
 * <p>Each method throws {@link MalformedPacketException} if the text is not what it expects. Not thread-safe.
 */
public final class JsonCursor {

    /** The deepest nesting that any setting allows; it keeps the stack small. */
    public static final int HIGHEST_DEPTH = 1000;

    /** The longest number that any setting allows, in characters. */
    public static final int HIGHEST_NUMBER_LENGTH = 10_000;

    private final byte[] text;
    private final int start;
    private final int end;
    private final int maxDepth;
    private final int maxNumberLength;
    private final int maxKeys;
    private int at;
    private int keys;
    private boolean first;

    /**
     * Starts before the first value of a text of a packet, whose limits were checked when it was decoded. The text must
     * be well-formed UTF-8.
     */
    public JsonCursor(Bytes json) {
        this(json, HIGHEST_DEPTH, HIGHEST_NUMBER_LENGTH, Integer.MAX_VALUE);
    }

    /**
     * Starts before the first value of a text whose limits are not checked yet. The text must be well-formed UTF-8.
     *
     * @param maxDepth how deep arrays and objects may be nested
     * @param maxNumberLength how many characters a number may have
     * @param maxKeys how many member names all objects may have together
     */
    public JsonCursor(Bytes json, int maxDepth, int maxNumberLength, int maxKeys) {
        this.maxDepth = maxDepth;
        this.maxNumberLength = maxNumberLength;
        this.maxKeys = maxKeys;
        text = json.array();
        start = json.offset();
        end = start + json.length();
        at = start;
    }

    /** The position of the cursor in the text, from 0. */
    public int position() {
        return at - start;
    }

    /** Expects the end of the text. */
    public void end() {
        if (peek() >= 0) {
            throw malformed("end of text");
        }
    }

    /** Whether the next value is an object. */
    public boolean isObject() {
        return peek() == '{';
    }

    /** Whether the next value is an array. */
    public boolean isArray() {
        return peek() == '[';
    }

    /** Whether the next value is a string. */
    public boolean isString() {
        return peek() == '"';
    }

    /** Enters an array: {@link #nextElement()} follows. */
    public void beginArray() {
        expect('[');
        first = true;
    }

    /**
     * Steps to the next element of an array, which must be consumed before the next call. At the end of the array it
     * leaves the array and returns false.
     */
    public boolean nextElement() {
        return next(']');
    }

    /** Enters an object: {@link #nextName()} follows. */
    public void beginObject() {
        expect('{');
        first = true;
    }

    /**
     * Steps to the next member of an object and returns its name as raw bytes without the quotes. The member's value
     * must be consumed before the next call. At the end of the object it leaves the object and returns null.
     */
    public @Nullable Bytes nextName() {
        if (!next('}')) {
            return null;
        }
        peek();
        int from = at + 1;
        skipName();
        int to = at - 1;
        while (text[to] != '"') {
            to--;
        }
        return Bytes.wrap(text, from, to - from);
    }

    /** Consumes one value of any kind and returns its text, without white space around it. */
    public Bytes value() {
        peek();
        int from = at;
        skipValue(0);
        return Bytes.wrap(text, from, at - from);
    }

    /** Consumes one value of any kind. */
    public void skip() {
        skipValue(0);
    }

    /** Consumes a string and returns it with its escapes resolved. */
    public String string() {
        if (peek() != '"') {
            throw malformed("a string");
        }
        int from = at + 1;
        boolean escaped = skipString();
        return escaped ? unescape(from, at - 1) : new String(text, from, at - 1 - from, StandardCharsets.UTF_8);
    }

    private boolean next(char close) {
        if (peek() == close) {
            at++;
            first = false;
            return false;
        }
        if (!first) {
            expect(',');
            if (peek() == close) {
                throw malformed("a value");
            }
        }
        first = false;
        return true;
    }

    /** Returns the next character after white space, without consuming it; -1 at the end. */
    private int peek() {
        while (at < end) {
            byte c = text[at];
            if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
                return c & 0xFF;
            }
            at++;
        }
        return -1;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw malformed("'" + c + "'");
        }
        at++;
    }

    private void skipValue(int depth) {
        switch (peek()) {
            case '"' -> skipString();
            case '{' -> skipObject(depth + 1);
            case '[' -> skipArray(depth + 1);
            case 't' -> skipWord("true");
            case 'f' -> skipWord("false");
            case 'n' -> skipWord("null");
            default -> skipNumber();
        }
    }

    private void skipObject(int depth) {
        checkDepth(depth);
        beginObject();
        while (next('}')) {
            skipName();
            skipValue(depth);
        }
    }

    private void skipArray(int depth) {
        checkDepth(depth);
        beginArray();
        while (next(']')) {
            skipValue(depth);
        }
    }

    private void skipName() {
        if (peek() != '"') {
            throw malformed("a member's name");
        }
        if (++keys > maxKeys) {
            throw new MalformedPacketException(
                    "JSON has too many keys (expected: at most " + maxKeys + ")", Limit.JSON_KEYS);
        }
        skipString();
        expect(':');
    }

    /** Refuses a nesting that is deeper than allowed. */
    public void checkDepth(int depth) {
        if (depth > maxDepth) {
            throw new MalformedPacketException(
                    "JSON is nested too deep (expected: at most " + maxDepth + ")", Limit.JSON_DEPTH);
        }
    }

    /** Skips a string; returns whether it has escapes. */
    private boolean skipString() {
        boolean escaped = false;
        int i = at + 1;
        while (i < end) {
            byte c = text[i++];
            if (c == '"') {
                at = i;
                return escaped;
            } else if (c == '\\') {
                escaped = true;
                i = skipEscape(i);
            } else if (c >= 0 && c < ' ') {
                throw malformed("no control character in a string");
            }
        }
        throw malformed("the end of a string");
    }

    private int skipEscape(int i) {
        if (i < end) {
            switch (text[i]) {
                case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                    return i + 1;
                }
                case 'u' -> {
                    if (end - i > 4 && hex(i + 1) >= 0) {
                        return i + 5;
                    }
                }
                default -> {}
            }
        }
        throw malformed("an escape sequence");
    }

    /** Reads four hexadecimal digits; -1 if they are not. */
    private int hex(int from) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private String unescape(int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            int run = i;
            while (i < to && text[i] != '\\') {
                i++;
            }
            out.append(new String(text, run, i - run, StandardCharsets.UTF_8));
            if (i == to) {
                break;
            }
            char c = (char) text[i + 1];
            i += 2;
            switch (c) {
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'u' -> {
                    out.append((char) hex(i));
                    i += 4;
                }
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private void skipWord(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= end || text[at + i] != word.charAt(i)) {
                throw malformed("a value");
            }
        }
        at += word.length();
    }

    private void skipNumber() {
        int from = at;
        if (at < end && text[at] == '-') {
            at++;
        }
        if (at < end && text[at] == '0') {
            at++;
        } else {
            skipDigits();
        }
        if (at < end && text[at] == '.') {
            at++;
            skipDigits();
        }
        if (at < end && (text[at] | 0x20) == 'e') {
            at++;
            if (at < end && (text[at] == '+' || text[at] == '-')) {
                at++;
            }
            skipDigits();
        }
        if (at - from > maxNumberLength) {
            throw new MalformedPacketException(
                    "JSON has a number that is too long (expected: at most " + maxNumberLength + " characters)",
                    Limit.JSON_NUMBER_LENGTH);
        }
    }

    private void skipDigits() {
        int from = at;
        while (at < end && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == from) {
            throw malformed("a value");
        }
    }

    private MalformedPacketException malformed(String expected) {
        return new MalformedPacketException("JSON at " + position() + ": expected " + expected);
    }
}
