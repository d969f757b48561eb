package io.scarfall.socketio.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.Randomly;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.internal.json.RandomJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

    private static final String PLACEHOLDER = "{'_placeholder':true,'num':%d}";

    record Message(String to, @Nullable RawJson body, int count) {}

    @SuppressWarnings("ArrayRecordComponent") // what applications may well have
    record Upload(String name, byte[] data, List<Bytes> parts, Map<String, byte[]> more) {}

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException("value: " + value + " (expected: > 0)");
            }
        }
    }

    enum Colour {
        RED
    }

    static final class Recursive {
        public @Nullable Recursive self;
    }

    // Writing

    @Test
    void valuesAreWrittenAsJavascriptWouldWriteThem() {
        assertThat(Arguments.of().json()).isSameAs(Bytes.EMPTY);
        assertWritten("null", (Object) null);
        assertWritten("'a',1,true,null,1.5", "a", 1, true, null, 1.5);
        assertWritten("'é€\uD83D\uDE00\\n\\\\'", "é€\uD83D\uDE00\n\\");
        assertWritten("9223372036854775807", Long.MAX_VALUE);
        assertWritten("{'to':'x','body':null,'count':0}", new Message("x", null, 0));
        assertWritten("[1,[]],{}", List.of(1, List.of()), Map.of());
        assertWritten("'RED','c'", Colour.RED, 'c');
        assertWritten("{}", new Object());
    }

    @Test
    @SuppressWarnings("JavaUtilDate") // as above
    void timesAreIsoTextsWithMilliseconds() {
        assertWritten("'1970-01-01T00:00:00.000Z'", Instant.EPOCH);
        assertWritten("'2026-01-02T03:04:05.678Z'", Instant.parse("2026-01-02T03:04:05.678901Z"));
        assertWritten("'1970-01-01T00:00:00.005Z','1970-01-01T00:00:00.007Z'", new Date(5), new Timestamp(7));
        assertWritten("{'at':'1970-01-01T00:00:00.000Z'}", Map.of("at", Instant.EPOCH));
    }

    @Test
    void rawJsonIsPassedOnAsItIs() {
        assertWritten("{ 'a' : 1.50 },[]", RawJson.of("{ \"a\" : 1.50 }"), RawJson.of("[]"));
        assertWritten("{'to':'x','body':[1, 2],'count':3}", new Message("x", RawJson.of("[1, 2]"), 3));
    }

    @Test
    void argumentsAloneArePassedOnAsTheyAre() {
        Arguments arguments = new Arguments(Bytes.utf8("1,  2"), List.of(Bytes.EMPTY));
        assertThat(Arguments.of(arguments)).isSameAs(arguments);
    }

    @Test
    void binaryDataBecomesAttachmentsInTheOrderOfTheText() {
        byte[] one = {1};
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("deep", List.of(Map.of("x", new byte[] {2})));
        map.put("bytes", Bytes.copyOf((byte) 3));
        Arguments arguments = Arguments.of("a", one, map, new byte[0]);
        one[0] = 9;
        assertThat(arguments.json().utf8())
                .isEqualTo(quoted("'a'," + placeholder(0) + ",{'deep':[{'x':" + placeholder(1) + "}],'bytes':"
                        + placeholder(2) + "}," + placeholder(3)));
        assertThat(arguments.attachments())
                .containsExactly(Bytes.copyOf((byte) 1), Bytes.copyOf((byte) 2), Bytes.copyOf((byte) 3), Bytes.EMPTY);
    }

    @Test
    void aValueThatJacksonCannotWriteIsRefused() {
        Recursive recursive = new Recursive();
        recursive.self = recursive;
        assertThatThrownBy(() -> Arguments.of(recursive))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot be written as JSON");
    }

    @Test
    void attachmentsCannotBeChanged() {
        List<Bytes> attachments = new ArrayList<>(List.of(Bytes.EMPTY));
        Arguments arguments = new Arguments(Bytes.EMPTY, attachments);
        attachments.clear();
        assertThat(arguments.attachments()).hasSize(1);
        assertThatThrownBy(() -> arguments.attachments().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    // Splitting

    @Test
    void textsAreSplitAtTheirCommasOnly() {
        Arguments arguments = read(" 'a,b' , [1,2] ,{'c':',','d':[',']},null , 5 ");
        assertThat(arguments.split().stream().map(Bytes::utf8))
                .containsExactly("\"a,b\"", "[1,2]", "{\"c\":\",\",\"d\":[\",\"]}", "null", "5");
        assertThat(arguments.size()).isEqualTo(5);
        assertThat(arguments.raw(0).utf8()).isEqualTo("\"a,b\"");
        assertThat(arguments.raw(4).utf8()).isEqualTo("5");
        assertThat(arguments.raw(5).utf8()).isEqualTo("null");
        assertThat(Arguments.NONE.split()).isEmpty();
        assertThat(Arguments.NONE.size()).isZero();
        assertThat(Arguments.NONE.raw(0).utf8()).isEqualTo("null");
    }

    @Test
    void randomArgumentsAreSplitAsTheyWereJoined() {
        Randomly.repeat(3_000, random -> {
            List<String> texts = new ArrayList<>();
            for (int count = 1 + random.nextInt(5); count > 0; count--) {
                texts.add(RandomJson.value(random));
            }
            Arguments arguments = new Arguments(Bytes.utf8(String.join(" ,\n", texts)), List.of());
            assertThat(arguments.split().stream().map(Bytes::utf8)).isEqualTo(texts);
        });
    }

    // Reading

    @Test
    void argumentsAreReadAsTypesOfTheApplication() {
        Arguments arguments = read("'a',7,{'to':'x','body':[1, 2],'count':3,'unknown':{}},[1,null],true,null");
        assertThat(arguments.get(0, String.class)).isEqualTo("a");
        assertThat(arguments.get(1, int.class)).isEqualTo(7);
        assertThat(arguments.get(2, Message.class)).isEqualTo(new Message("x", RawJson.of("[1, 2]"), 3));
        assertThat(arguments.get(3, Integer[].class)).containsExactly(1, null);
        assertThat(arguments.get(4, Boolean.class)).isTrue();
        assertThat(arguments.get(5, String.class)).isNull();
        assertThat(arguments.get(6, String.class)).isNull();
        assertThat(arguments.get(5, RawJson.class)).isEqualTo(RawJson.of("null"));
        assertThat(arguments.get(6, RawJson.class)).isEqualTo(RawJson.of("null"));
    }

    @Test
    void anArgumentThatDoesNotFitIsRefused() {
        Arguments arguments =
                read("'a',{'to':[],'count':'x'},[1],{'value':0},1e999999999,99999999999,'BLUE',1e99999999999");
        assertRefused(arguments, 0, int.class);
        assertRefused(arguments, 0, UUID.class);
        assertRefused(arguments, 0, Bytes.class);
        assertRefused(arguments, 0, byte[].class);
        assertRefused(arguments, 1, Message.class);
        assertRefused(arguments, 1, String.class);
        assertRefused(arguments, 2, Message.class);
        assertRefused(arguments, 3, Positive.class);
        assertRefused(arguments, 4, BigInteger.class);
        assertRefused(arguments, 5, Integer.class);
        assertRefused(arguments, 6, Colour.class);
        assertRefused(arguments, 7, BigDecimal.class);
        assertRefused(arguments, 7, BigDecimal[].class);
        assertThatThrownBy(() -> arguments.get(1, Message.class)).hasMessage("invalid arguments: [1].to");
    }

    @Test
    void exponentsDoNotMakeHugeIntegersOfAFewCharacters() {
        Arguments arguments = read("1e300,1e99999,[1e19287],1.5e1");
        assertThat(arguments.get(0, BigInteger.class)).isEqualTo(BigInteger.TEN.pow(300));
        assertRefused(arguments, 1, BigInteger.class);
        assertRefused(arguments, 2, BigInteger[].class);
        assertThat(arguments.get(3, BigInteger.class)).isEqualTo(15);
    }

    @Test
    void placeholdersAreReadAsTheirAttachments() {
        Bytes first = Bytes.copyOf((byte) 1);
        Bytes second = Bytes.copyOf((byte) 2);
        Arguments arguments = new Arguments(
                json("{'name':'n','data':" + placeholder(1) + ",'parts':[" + placeholder(0) + "," + placeholder(1)
                        + "],'more':{'k':" + placeholder(0) + "},'x':1}," + placeholder(1)
                        + ",{'num':0,'extra':{'num':7},'_placeholder':true}"),
                List.of(first, second));
        Upload upload = arguments.get(0, Upload.class);
        assertThat(upload.name()).isEqualTo("n");
        assertThat(upload.data()).containsExactly(2);
        assertThat(upload.parts()).containsExactly(first, second);
        assertThat(upload.more().get("k")).containsExactly(1);
        assertThat(arguments.get(1, Bytes.class)).isSameAs(second);
        assertThat(arguments.get(2, byte[].class)).containsExactly(1);
        assertThat(Arguments.of(upload).attachments()).as("and back").containsExactly(second, first, second, first);
    }

    @Test
    void otherObjectsAreNotReadAsBinaryData() {
        for (String text : new String[] {
            "{}",
            "[]",
            "''",
            "'AQID'",
            "1",
            placeholder(1),
            placeholder(-1),
            "{'_placeholder':true}",
            "{'_placeholder':true,'num':0.0}",
            "{'_placeholder':true,'num':'0'}",
            "{'_placeholder':true,'num':4294967296}",
            "{'_placeholder':true,'num':0,'num':null}",
            "{'_placeholder':'true','num':0}",
            "{'_placeholder':false,'num':0}",
            "{'num':0}",
            "{'_placeholder':[true],'num':0}",
            "{'_placeholder':" + placeholder(0) + "}",
            "{'num':" + placeholder(0) + ",'_placeholder':true}"
        }) {
            Arguments arguments = new Arguments(json(text), List.of(Bytes.EMPTY));
            assertRefused(arguments, 0, Bytes.class);
            assertRefused(arguments, 0, byte[].class);
        }
        assertThat(read("null").get(0, Bytes.class)).isNull();
    }

    @Test
    void rawJsonIsReadAtEveryPlace() {
        Randomly.repeat(3_000, random -> {
            String raw = RandomJson.spacedValue(random);
            String space = Randomly.oneOf(random, "", " ", "\n\t");
            String text = Randomly.text(random, 3).replaceAll("[\"\\\\]", "x");
            String before = "\"to\":" + space + "\"" + text + "\"" + space;
            String after = "\"count\":7" + space;
            String body = space + "\"body\"" + space + ":" + space + raw + space;
            String message =
                    "{" + (random.nextBoolean() ? before + "," + body + "," : body + "," + before + ",") + after + "}";
            if (random.nextBoolean()) {
                message = "{" + before + "," + after + "," + body + "}";
            }
            Arguments arguments = new Arguments(Bytes.utf8("\"é\"," + message + "," + raw), List.of());
            assertThat(arguments.get(1, Message.class)).isEqualTo(new Message(text, RawJson.of(raw), 7));
            assertThat(arguments.get(2, RawJson.class)).isEqualTo(RawJson.of(raw));
            RawJson[] list = new Arguments(Bytes.utf8("[" + space + raw + space + "," + raw + "]"), List.of())
                    .get(0, RawJson[].class);
            assertThat(list).containsExactly(RawJson.of(raw), RawJson.of(raw));
        });
    }

    @Test
    void anyArgumentGivesAValueOrARefusal() {
        List<Class<?>> types = List.of(
                String.class,
                int.class,
                Long.class,
                double.class,
                BigDecimal.class,
                BigInteger.class,
                Object.class,
                JsonNode.class,
                Map.class,
                List.class,
                Message.class,
                Upload.class,
                Positive.class,
                Colour.class,
                Bytes.class,
                byte[].class,
                RawJson.class,
                RawJson[].class,
                Date.class,
                UUID.class,
                Creator.class);
        Randomly.repeat(30_000, random -> {
            String text = random.nextBoolean()
                    ? RandomJson.spacedValue(random)
                    : Randomly.mutated(
                            random,
                            quoted("{'to':'x','value':1e10,'name':" + placeholder(0) + ",'data':" + placeholder(0)
                                    + ",'count':3}"),
                            RandomJson.ALPHABET);
            Arguments arguments = new Arguments(Bytes.utf8(text), List.of(Bytes.EMPTY));
            try {
                new JsonCursor(arguments.json()).skip();
                arguments.get(0, types.get(random.nextInt(types.size())));
            } catch (MalformedPacketException e) {
                assertThat(e).hasNoCause();
            }
        });
    }

    record Creator(int a) {
        @JsonCreator
        static Creator of(String text) {
            return new Creator(Integer.parseInt(text));
        }
    }

    private static void assertWritten(String json, @Nullable Object... values) {
        Arguments arguments = Arguments.of(values);
        assertThat(arguments.json().utf8()).as(Arrays.toString(values)).isEqualTo(quoted(json));
        assertThat(arguments.attachments()).isEmpty();
    }

    /**
     * Receivers would take it for a placeholder of an attachment, and would close their connection if there is no such
     * attachment.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'_placeholder':true,'num':1}",
                "{'num':1,'_placeholder':true}",
                "{'_placeholder':true}",
                "{'_placeholder':true,'num':-1}",
                "{'_placeholder':true,'num':'0'}",
                "[{'a':{'_placeholder':true,'num':9}}]",
                "{'\\u005fplaceholder':true,'num':1}",
                "{'_\\u0070laceholder':true,'num':1}"
            })
    void aPlaceholderInJsonThatIsPassedOnIsNoAttachment(String raw) {
        byte[] attachment = {1};
        assertThatThrownBy(() -> Arguments.of(RawJson.of(quoted(raw)), attachment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot be sent with attachments: JSON with a placeholder of none of them");
        assertThat(Arguments.of(RawJson.of(quoted(raw))).json())
                .as("without attachments")
                .isEqualTo(json(raw));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'_placeholder':false,'num':1}",
                "{'_placeholder':1}",
                "{'_placeholder':true,'num':0}",
                "{'text':'_placeholder'}",
                "{'\\u0061':1}",
                "'\\u005fplaceholder'"
            })
    void otherJsonIsPassedOnBesideAttachments(String raw) {
        Arguments arguments = Arguments.of(RawJson.of(quoted(raw)), new byte[] {1});
        assertThat(arguments.raw(0)).isEqualTo(json(raw));
        assertThat(arguments.attachments()).hasSize(1);
    }

    private static void assertRefused(Arguments arguments, int index, Class<?> type) {
        assertThatThrownBy(() -> arguments.get(index, type))
                .as("%s as %s", arguments.raw(index).utf8(), type)
                .isInstanceOf(MalformedPacketException.class)
                .hasNoCause();
    }

    private static Arguments read(String text) {
        return new Arguments(json(text), List.of());
    }

    private static String placeholder(int num) {
        return PLACEHOLDER.formatted(num);
    }

    /** An apostrophe means a quotation mark. */
    private static Bytes json(String text) {
        return Bytes.utf8(quoted(text));
    }

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }
}
