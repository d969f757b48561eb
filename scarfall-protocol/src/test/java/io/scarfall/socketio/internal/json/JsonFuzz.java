package io.scarfall.socketio.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.Limit;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.packet.JsonLimits;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Compares {@link JsonCursor} with Jackson: both accept the same texts and find the same values, and the limits match a
 * count of Jackson's tokens.
 */
public final class JsonFuzz {

    private static final JsonFactory JACKSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final JsonLimits HIGHEST = new JsonLimits(
            JsonCursor.HIGHEST_DEPTH, JsonCursor.HIGHEST_NUMBER_LENGTH, Integer.MAX_VALUE, Integer.MAX_VALUE);

    private JsonFuzz() {}

    private static JsonCursor cursor(Bytes json, JsonLimits limits) {
        return new JsonCursor(json, limits.maxDepth(), limits.maxNumberLength(), limits.maxKeys());
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        JsonLimits limits = new JsonLimits(
                1 + input.choice(8), 1 + input.choice(12), JsonLimits.DEFAULT.maxArguments(), 1 + input.choice(8));
        boolean strict = input.flag();
        Bytes json = Bytes.wrap(input.rest());
        if (!json.isUtf8() || json.isEmpty()) {
            return;
        }
        Expected expected = expected(json.utf8());
        // Depth only costs stack.
        if (expected.depth > JsonCursor.HIGHEST_DEPTH || expected.unpairedName) {
            return;
        }
        Cost.bounded(json.length(), 100, () -> checkSkipped(json, expected, strict ? limits : HIGHEST));
        Cost.bounded(json.length(), 1_000, () -> checkWalked(json, expected));
    }

    /** What Jackson reads of a text. The counts include all tokens before an error. */
    private static final class Expected {
        final StringBuilder tokens = new StringBuilder();
        boolean valid;

        /** A name has half of a surrogate pair: RFC 8259 allows that in every string, Jackson only in values. */
        boolean unpairedName;

        int depth;
        int keys;
        int longestNumber;
    }

    private static Expected expected(String json) {
        Expected expected = new Expected();
        try (JsonParser in = JACKSON.createParser(json)) {
            int depth = 0;
            int values = 0;
            for (JsonToken token; (token = in.nextToken()) != null; ) {
                if (depth == 0 && ++values > 1) {
                    return expected;
                }
                if (token.isStructStart()) {
                    expected.depth = Math.max(expected.depth, ++depth);
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token == JsonToken.FIELD_NAME) {
                    expected.keys++;
                } else if (token.isNumeric()) {
                    expected.longestNumber = Math.max(expected.longestNumber, in.getTextLength());
                }
                expected.tokens
                        .append(token.isNumeric() ? "number" : token)
                        .append(token.isScalarValue() || token == JsonToken.FIELD_NAME ? in.getText() : "")
                        .append('\n');
                if (depth == 0 && values == 0) {
                    values = 1;
                }
            }
            expected.valid = values == 1;
        } catch (JsonProcessingException e) {
            expected.unpairedName = e.getOriginalMessage().contains("surrogate")
                    && e.getOriginalMessage().contains("field name");
            return expected;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return expected;
    }

    private static void checkSkipped(Bytes json, Expected expected, JsonLimits limits) {
        MalformedPacketException refused = null;
        try {
            JsonCursor cursor = cursor(json, limits);
            Bytes value = cursor.value();
            cursor.end();
            assert value.utf8().equals(stripped(json.utf8()));
        } catch (MalformedPacketException e) {
            refused = e;
        }
        boolean crossed = expected.depth > limits.maxDepth()
                || expected.keys > limits.maxKeys()
                || expected.longestNumber > limits.maxNumberLength();
        Limit limit = refused == null ? null : refused.limit();
        if (expected.valid && !crossed) {
            assert refused == null : refused;
        } else {
            assert refused != null : "accepted";
        }
        if (expected.valid && crossed) {
            assert limit != null : refused;
        }
    }

    private static String stripped(String json) {
        int from = 0;
        int to = json.length();
        while (from < to && isSpace(json.charAt(from))) {
            from++;
        }
        while (from < to && isSpace(json.charAt(to - 1))) {
            to--;
        }
        return json.substring(from, to);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /** Enters every value, as code that searches for a member does. */
    private static void checkWalked(Bytes json, Expected expected) {
        StringBuilder tokens = new StringBuilder();
        boolean valid;
        try {
            JsonCursor cursor = cursor(json, HIGHEST);
            walk(cursor, tokens);
            cursor.end();
            valid = true;
        } catch (MalformedPacketException e) {
            valid = false;
        }
        assert valid == (expected.valid && expected.longestNumber <= JsonCursor.HIGHEST_NUMBER_LENGTH);
        if (valid) {
            assert tokens.compareTo(expected.tokens) == 0 : tokens + "\n" + expected.tokens;
        }
    }

    private static void walk(JsonCursor cursor, StringBuilder tokens) {
        if (cursor.isArray()) {
            tokens.append("START_ARRAY\n");
            cursor.beginArray();
            while (cursor.nextElement()) {
                walk(cursor, tokens);
            }
            tokens.append("END_ARRAY\n");
        } else if (cursor.isObject()) {
            tokens.append("START_OBJECT\n");
            cursor.beginObject();
            for (@Nullable Bytes name; (name = cursor.nextName()) != null; ) {
                JsonCursor quoted = new JsonCursor(Bytes.utf8('"' + name.utf8() + '"'));
                tokens.append("FIELD_NAME").append(quoted.string()).append('\n');
                quoted.end();
                walk(cursor, tokens);
            }
            tokens.append("END_OBJECT\n");
        } else if (cursor.isString()) {
            tokens.append("VALUE_STRING").append(cursor.string()).append('\n');
        } else {
            int from = cursor.position();
            String value = cursor.value().utf8();
            assert cursor.position() - from == value.length();
            String token = switch (value) {
                case "true" -> "VALUE_TRUE";
                case "false" -> "VALUE_FALSE";
                case "null" -> "VALUE_NULL";
                default -> "number";
            };
            tokens.append(token).append(value).append('\n');
        }
    }
}
