package io.scarfall.socketio.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.Randomly;
import io.scarfall.socketio.packet.JsonLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCursorTest {

    private static final JsonFactory JACKSON = new JsonFactory();
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    @Test
    void walksOverAnObject() {
        JsonCursor cursor = cursor(" { \"a\" : [ 1 , \"x\" ] , \"b\\n\":{},\"\":null } ");
        assertThat(cursor.isObject()).isTrue();
        cursor.beginObject();
        assertThat(cursor.nextName()).isEqualTo(Bytes.utf8("a"));
        assertThat(cursor.isArray()).isTrue();
        assertThat(cursor.value()).isEqualTo(Bytes.utf8("[ 1 , \"x\" ]"));
        assertThat(cursor.nextName()).isEqualTo(Bytes.utf8("b\\n"));
        cursor.beginObject();
        assertThat(cursor.nextName()).isNull();
        assertThat(cursor.nextName()).isEqualTo(Bytes.EMPTY);
        assertThat(cursor.value()).isEqualTo(Bytes.utf8("null"));
        assertThat(cursor.nextName()).isNull();
        cursor.end();
    }

    @Test
    void walksOverNestedArrays() {
        JsonCursor cursor = cursor("[[],[[1]],\"s\"]");
        cursor.beginArray();
        assertThat(cursor.nextElement()).isTrue();
        cursor.beginArray();
        assertThat(cursor.nextElement()).isFalse();
        assertThat(cursor.nextElement()).isTrue();
        assertThat(cursor.position()).isEqualTo(4);
        cursor.skip();
        assertThat(cursor.position()).isEqualTo(9);
        assertThat(cursor.nextElement()).isTrue();
        assertThat(cursor.isString()).isTrue();
        assertThat(cursor.string()).isEqualTo("s");
        assertThat(cursor.nextElement()).isFalse();
        cursor.end();
    }

    @Test
    void staysInsideItsSlice() {
        Bytes slice = Bytes.utf8("xx[1]yy").slice(2, 5);
        JsonCursor cursor = new JsonCursor(slice);
        assertThat(cursor.value()).isEqualTo(Bytes.utf8("[1]"));
        assertThat(cursor.position()).isEqualTo(3);
        cursor.end();
        for (String text : new String[] {"\"ab\"", "\"\\u0041\"", "\"\\n\"", "true", "123", "1.5e3", "{\"a\":1}"}) {
            for (int length = 0; length < text.length(); length++) {
                Bytes cut = Bytes.utf8(text).slice(0, length);
                if (!text.startsWith("1") || length == 0 || !Character.isDigit(text.charAt(length - 1))) {
                    assertThatThrownBy(() -> new JsonCursor(cut).skip())
                            .as("%s cut to %d", text, length)
                            .isInstanceOf(MalformedPacketException.class);
                }
            }
        }
    }

    @Test
    void resolvesEscapes() {
        assertThat(cursor("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\uD83D\\ude00x\"")
                        .string())
                .isEqualTo("\"\\/\b\f\n\r\té€\uD83D\uDE00x");
        assertThat(cursor("\"é€\uD83D\uDE00\"").string()).isEqualTo("é€\uD83D\uDE00");
        assertThat(cursor("\"\\ud800\"").string()).isEqualTo("\uD800");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[",
                "]",
                "{",
                "}",
                "[1",
                "[1,",
                "[1,]",
                "[,1]",
                "[,]",
                "[1 2]",
                "[1]]",
                "[1][",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{'a':1}",
                "{1:1}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\"::1}",
                "tru",
                "truex",
                "True",
                "nul",
                "nulll",
                "undefined",
                "NaN",
                "Infinity",
                "-Infinity",
                "-",
                "+1",
                "01",
                "-01",
                "1.",
                ".5",
                "1.e5",
                "1e",
                "1e+",
                "1e+-1",
                "0x10",
                "1_000",
                "1,2",
                "1 2",
                "--1",
                "\"",
                "\"a",
                "\"\\\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12G4\"",
                "\"\\u 123\"",
                "\"a\nb\"",
                "\"a\u0000b\"",
                "\"\t\"",
                "'a'",
                "\"a\"b",
                "[1]//x",
                "/*x*/1",
                "\u00A01",
                "1\u2028",
                "\uFEFF1",
                "\u000B1",
                "[1;2]",
                "(1)",
                "{\"a\":1]",
                "[1}",
                "null,"
            })
    void malformedJsonIsRefused(String text) {
        assertThatThrownBy(() -> walk(text)).isInstanceOf(MalformedPacketException.class);
        assertThat(jacksonAccepts(text)).isFalse();
    }

    @Test
    void callsOutOfOrderAreRefusedToo() {
        assertThatThrownBy(() -> cursor("1").string()).isInstanceOf(MalformedPacketException.class);
        assertThatThrownBy(() -> cursor("[]").beginObject()).isInstanceOf(MalformedPacketException.class);
        assertThatThrownBy(() -> cursor("{}").beginArray()).isInstanceOf(MalformedPacketException.class);
        assertThatThrownBy(() -> cursor("").beginArray()).isInstanceOf(MalformedPacketException.class);
        JsonCursor unconsumed = cursor("[1,2]");
        unconsumed.beginArray();
        assertThat(unconsumed.nextElement()).isTrue();
        assertThatThrownBy(unconsumed::nextElement).isInstanceOf(MalformedPacketException.class);
    }

    @Test
    void errorMessagesContainNothingOfTheText() {
        assertThatThrownBy(() -> walk("[\"secret\",x]"))
                .hasMessage("JSON at 10: expected a value")
                .hasNoCause();
    }

    @Test
    void nestingIsBounded() {
        int most = JsonLimits.DEFAULT.maxDepth();
        walk("[".repeat(most) + "]".repeat(most));
        walk("{\"a\":".repeat(most) + "1" + "}".repeat(most));
        for (String bomb : new String[] {"[", "{\"a\":", "[{\"a\":"}) {
            assertThatThrownBy(() -> walk(bomb.repeat(most + 1)))
                    .isInstanceOf(MalformedPacketException.class)
                    .hasMessageContaining("nested too deep");
            assertThatThrownBy(() -> walk(bomb.repeat(1_000_000)))
                    .isInstanceOf(MalformedPacketException.class)
                    .hasMessageContaining("nested too deep");
        }
    }

    @Test
    void siblingsAreNotNesting() {
        walk("[" + "[[]],".repeat(10_000) + "[]]");
    }

    @Test
    void numbersAreBounded() {
        walk("1".repeat(JsonLimits.DEFAULT.maxNumberLength()));
        for (String number : new String[] {
            "1".repeat(JsonLimits.DEFAULT.maxNumberLength() + 1),
            "-" + "1".repeat(JsonLimits.DEFAULT.maxNumberLength()),
            "1".repeat(1_000_000),
            "0." + "1".repeat(1_000_000),
            "1e" + "1".repeat(1_000_000)
        }) {
            assertThatThrownBy(() -> walk(number)).isInstanceOf(MalformedPacketException.class);
        }
    }

    @Test
    void acceptsWhatJacksonAccepts() {
        Randomly.repeat(5_000, random -> {
            String text = RandomJson.spacedValue(random);
            assertThat(jacksonAccepts(text)).as(text).isTrue();
            walk(text);
        });
    }

    @Test
    void refusesWhatJacksonRefuses() {
        Randomly.repeat(50_000, random -> {
            String text = Randomly.mutated(random, RandomJson.spacedValue(random), RandomJson.ALPHABET);
            boolean accepted;
            try {
                walk(text);
                accepted = true;
            } catch (MalformedPacketException e) {
                accepted = false;
            }
            if (!text.matches("(?is).*\\\\ud[89a-f].*")) { // Jackson refuses unpaired surrogates in names
                assertThat(accepted).as(text).isEqualTo(jacksonAccepts(text));
            }
        });
    }

    @Test
    void findsTheValuesThatJacksonFinds() {
        Randomly.repeat(3_000, random -> {
            String text = RandomJson.spacedValue(random);
            JsonCursor cursor = cursor(text);
            JsonNode tree = tree(cursor);
            cursor.end();
            assertThat(tree).as(text).isEqualTo(jackson(Bytes.utf8(text)));
        });
    }

    @Test
    void anyBytesGiveAValueOrARefusal() {
        Randomly.repeat(50_000, random -> {
            byte[] bytes = RandomJson.value(random).getBytes(StandardCharsets.UTF_8);
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            JsonCursor cursor = new JsonCursor(Bytes.wrap(bytes));
            try {
                tree(cursor);
                cursor.end();
            } catch (MalformedPacketException e) {
                assertThat(e).hasNoCause();
            }
        });
    }

    private static JsonCursor cursor(String text) {
        JsonLimits limits = JsonLimits.DEFAULT;
        return new JsonCursor(Bytes.utf8(text), limits.maxDepth(), limits.maxNumberLength(), limits.maxKeys());
    }

    private static void walk(String text) {
        JsonCursor cursor = cursor(text);
        cursor.skip();
        cursor.end();
    }

    private static boolean jacksonAccepts(String text) {
        try (JsonParser parser = JACKSON.createParser(text)) {
            int depth = 0;
            int roots = 0;
            for (JsonToken token; (token = parser.nextToken()) != null; ) {
                roots += depth == 0 ? 1 : 0;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                parser.finishToken();
            }
            return roots == 1;
        } catch (JacksonException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds a tree of what the cursor finds. */
    private static JsonNode tree(JsonCursor cursor) {
        if (cursor.isArray()) {
            ArrayNode array = MAPPER.createArrayNode();
            cursor.beginArray();
            while (cursor.nextElement()) {
                array.add(tree(cursor));
            }
            return array;
        } else if (cursor.isObject()) {
            ObjectNode object = MAPPER.createObjectNode();
            cursor.beginObject();
            for (Bytes name; (name = cursor.nextName()) != null; ) {
                object.set(cursor("\"" + name.utf8() + "\"").string(), tree(cursor));
            }
            return object;
        } else if (cursor.isString()) {
            return MAPPER.getNodeFactory().textNode(cursor.string());
        }
        return jackson(cursor.value());
    }

    private static JsonNode jackson(Bytes json) {
        try {
            return MAPPER.readTree(json.utf8());
        } catch (JacksonException | NumberFormatException e) {
            throw new MalformedPacketException("Jackson: " + e.getMessage());
        }
    }
}
