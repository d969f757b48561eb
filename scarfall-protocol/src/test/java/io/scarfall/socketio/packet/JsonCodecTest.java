package io.scarfall.socketio.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.module.kotlin.KotlinModule;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import kotlin.Pair;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments.ArgumentSet;
import org.junit.jupiter.params.provider.MethodSource;

/** What codecs make of an application's types, and of its mapper. */
class JsonCodecTest {

    record Item(String skuCode, int quantity, @Nullable BigDecimal price) {}

    record Order(
            String orderId,
            List<Item> items,
            Map<String, Integer> stock,
            @Nullable String note) {}

    enum Colour {
        RED,
        BLUE
    }

    record Painted(Colour colour) {}

    record Checked(int amount) {
        Checked {
            if (amount < 0) {
                throw new IllegalArgumentException("amount: " + amount + " (expected: >= 0)");
            }
        }
    }

    record Holder(Item item, Checked checked, Painted painted, Shape shape, String text) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes(@JsonSubTypes.Type(value = Circle.class, name = "circle"))
    sealed interface Shape permits Circle {}

    record Circle(int radius) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes(@JsonSubTypes.Type(value = Letter.class, name = "letter"))
    sealed interface Mail permits Letter {}

    record Letter(RawJson body, Bytes picture, RawJson last) implements Mail {}

    /** Neither a constructor nor a property: nothing that Jackson could use. */
    static final class Opaque {
        private final int hidden;

        Opaque(int hidden, String other) {
            this.hidden = hidden + other.length();
        }

        @Override
        public String toString() {
            return "Opaque" + hidden;
        }
    }

    interface Abstract {
        String name();
    }

    record WithOpaque(List<Opaque> things) {}

    record WithAbstract(Map<String, Abstract> things) {}

    static final class Throwing {
        public String getName() {
            throw new IllegalStateException("the getter failed");
        }
    }

    /** Which constructor to use is not clear. */
    static final class Ambiguous {
        @JsonCreator
        Ambiguous(@JsonProperty("a") String a) {}

        @JsonCreator
        Ambiguous(@JsonProperty("a") String a, @JsonProperty("b") int b) {}
    }

    record WithAmbiguous(Ambiguous inner) {}

    /** Two properties of one name. */
    static final class Twice {
        @JsonProperty("a")
        public int first() {
            return 1;
        }

        @JsonProperty("a")
        public int second() {
            return 2;
        }
    }

    record WithThrowing(Throwing inner) {}

    @SuppressWarnings("ArrayRecordComponent") // what applications may well have
    record Picture(String fileName, byte[] data, List<Bytes> more, ByteBuffer buffer, RawJson raw, double[] numbers) {}

    @JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
    record Named(String name) {}

    private static final class Shouting extends StdScalarSerializer<String> {
        private static final long serialVersionUID = 1;

        Shouting() {
            super(String.class);
        }

        @Override
        public void serialize(String value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value + "!");
        }
    }

    private static final class Shouting3 extends tools.jackson.databind.ser.std.StdScalarSerializer<String> {
        Shouting3() {
            super(String.class);
        }

        @Override
        public void serialize(
                String value,
                tools.jackson.core.JsonGenerator out,
                tools.jackson.databind.SerializationContext context) {
            out.writeString(value + "!");
        }
    }

    /** A mapper whose features would break the wire, were they applied to what is Scarfall's own. */
    private static ObjectMapper wild() {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(SerializationFeature.INDENT_OUTPUT)
                .enable(SerializationFeature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)
                .disable(SerializationFeature.WRAP_EXCEPTIONS)
                .disable(DeserializationFeature.WRAP_EXCEPTIONS)
                .disable(JsonWriteFeature.QUOTE_FIELD_NAMES)
                .enable(JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS)
                .defaultPropertyInclusion(JsonInclude.Value.ALL_NON_NULL)
                .addModule(new SimpleModule("shouting").addSerializer(new Shouting()))
                .build();
    }

    private static tools.jackson.databind.json.JsonMapper wild3() {
        return tools.jackson.databind.json.JsonMapper.builder()
                .propertyNamingStrategy(tools.jackson.databind.PropertyNamingStrategies.SNAKE_CASE)
                .disable(tools.jackson.databind.MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
                .enable(tools.jackson.databind.SerializationFeature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)
                .disable(tools.jackson.databind.SerializationFeature.WRAP_EXCEPTIONS)
                .disable(tools.jackson.databind.DeserializationFeature.WRAP_EXCEPTIONS)
                .disable(tools.jackson.core.json.JsonWriteFeature.QUOTE_PROPERTY_NAMES)
                .enable(tools.jackson.core.json.JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS)
                .changeDefaultPropertyInclusion(value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
                .addModule(new tools.jackson.databind.module.SimpleModule("shouting").addSerializer(new Shouting3()))
                .build();
    }

    static Stream<ArgumentSet> all() {
        return Stream.concat(
                Stream.of(org.junit.jupiter.params.provider.Arguments.argumentSet("default", JacksonCodec.DEFAULT)),
                ofApplications());
    }

    static Stream<ArgumentSet> ofApplications() {
        return Stream.of(
                org.junit.jupiter.params.provider.Arguments.argumentSet(
                        "Jackson 2", JacksonCodec.of(new ObjectMapper())),
                org.junit.jupiter.params.provider.Arguments.argumentSet(
                        "Jackson 3", Jackson3Codec.of(new tools.jackson.databind.json.JsonMapper())));
    }

    static Stream<ArgumentSet> wildOnes() {
        return Stream.of(
                org.junit.jupiter.params.provider.Arguments.argumentSet("Jackson 2", JacksonCodec.of(wild())),
                org.junit.jupiter.params.provider.Arguments.argumentSet("Jackson 3", Jackson3Codec.of(wild3())));
    }

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }

    private static Arguments arguments(JsonCodec codec, String json, Bytes... attachments) {
        return new Arguments(Bytes.utf8(quoted(json)), List.of(attachments), codec);
    }

    // The application's mapper

    @ParameterizedTest
    @MethodSource("wildOnes")
    void namesInclusionFeaturesAndModulesOfTheMapperApply(JsonCodec codec) {
        Order order = new Order("o", List.of(new Item("s", 2, new BigDecimal("1.5"))), Map.of("k", 7), null);
        assertThat(Arguments.of(codec, order, "x").json().utf8())
                .isEqualTo(quoted("{'order_id':'o!','items':{'sku_code':'s!','quantity':'2','price':'1.5'},"
                        + "'stock':{'k':'7'}},'x!'"));
        Arguments read = arguments(codec, "{'order_id':'o','items':[{'sku_code':'s','quantity':2}],'stock':{}},[1]");
        assertThat(read.require(0, Order.class))
                .isEqualTo(new Order("o", List.of(new Item("s", 2, null)), Map.of(), null));
        assertClientFault(
                () -> arguments(codec, "{'sku_code':'s','quantity':2,'extra':1}")
                        .get(0, Item.class),
                "[0].extra");
    }

    @ParameterizedTest
    @MethodSource("wildOnes")
    void whatConcernsTheWireDoesNotDependOnTheMapper(JsonCodec codec) {
        byte[] one = {1};
        Picture picture = new Picture(
                "f",
                one,
                List.of(Bytes.copyOf((byte) 2), Bytes.copyOf((byte) 3)),
                ByteBuffer.wrap(new byte[] {4}),
                RawJson.of("{\"camelCase\":1.50}"),
                new double[] {Double.NaN, Double.NEGATIVE_INFINITY});
        Arguments written = Arguments.of(codec, picture);
        one[0] = 9;
        assertThat(written.json().utf8())
                .isEqualTo(quoted("{'file_name':'f!','data':{'_placeholder':true,'num':0},"
                        + "'more':[{'_placeholder':true,'num':1},{'_placeholder':true,'num':2}],"
                        + "'buffer':{'_placeholder':true,'num':3},'raw':{'camelCase':1.50},'numbers':[null,null]}"));
        assertThat(written.attachments())
                .containsExactly(
                        Bytes.copyOf((byte) 1), Bytes.copyOf((byte) 2), Bytes.copyOf((byte) 3), Bytes.copyOf((byte) 4));
        Picture read = new Arguments(
                        Bytes.utf8(written.json().utf8().replace("[null,null]", "[1,2]")), written.attachments(), codec)
                .require(0, Picture.class);
        assertThat(read.data()).containsExactly(1);
        assertThat(read.more()).isEqualTo(picture.more());
        assertThat(read.buffer().get(0)).isEqualTo((byte) 4);
        assertThat(read.raw()).isEqualTo(picture.raw());
        assertThat(read.numbers()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @MethodSource("all")
    void longArgumentsAreWrittenAsAWhole(JsonCodec codec) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            texts.add("text " + i);
        }
        String longOne = "x".repeat(20_001);
        Arguments written = Arguments.of(codec, texts, longOne, Bytes.utf8("data"), 7);
        assertThat(written.get(0, new TypeRef<List<String>>() {})).isEqualTo(texts);
        assertThat(written.get(1, String.class)).isEqualTo(longOne);
        assertThat(written.get(2, Bytes.class)).isEqualTo(Bytes.utf8("data"));
        assertThat(written.get(3, Integer.class)).isEqualTo(7);
    }

    @ParameterizedTest
    @MethodSource("all")
    void argumentsAreWrittenInOrderAndWithoutBrackets(JsonCodec codec) {
        assertThat(Arguments.of(codec, 1, null, List.of(), "é", List.of(1))
                        .json()
                        .utf8())
                .isEqualTo(quoted("1,null,[],'é',[1]"));
        assertThat(Arguments.of(codec, List.of(List.of())).json().utf8()).isEqualTo("[[]]");
        assertThat(Arguments.of(codec)).isEqualTo(Arguments.NONE);
        assertThat(Arguments.of(codec, "\uD83D\uDE00").raw(0).utf8()).contains("\uD83D\uDE00");
    }

    @ParameterizedTest
    @MethodSource("all")
    void argumentsKeepTheirCodec(JsonCodec codec) {
        assertThat(Arguments.of(codec, 1).codec()).isSameAs(codec);
        assertThat(Arguments.of(codec, 1)).isEqualTo(Arguments.of(1)).hasSameHashCodeAs(Arguments.of(1));
        assertThat(Arguments.of(1).with(codec).codec()).isSameAs(codec);
    }

    @Test
    void theMapperIsNotChangedAndLaterChangesOfItDoNotApply() throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        JsonCodec codec = JacksonCodec.of(mapper);
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.UPPER_SNAKE_CASE);
        assertThat(Arguments.of(codec, new Item("s", 1, null)).json().utf8()).contains("skuCode");
        assertThat(mapper.isEnabled(SerializationFeature.INDENT_OUTPUT)).isTrue();
        assertThat(mapper.writeValueAsString(new byte[] {1, 2})).isEqualTo("\"AQI=\"");
        assertThat(mapper.getRegisteredModuleIds()).isEmpty();
    }

    @Test
    void aMapperThatCannotBeCopiedIsRefused() {
        class Own extends ObjectMapper {
            private static final long serialVersionUID = 1;
        }
        assertThatThrownBy(() -> JacksonCodec.of(new Own()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("mapper: ")
                .hasMessageEndingWith("cannot be copied (expected: overrides copy())");
    }

    @Test
    void limitsAreThoseOfTheServer() {
        JsonFactory strict = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(3)
                        .maxNumberLength(5)
                        .build())
                .build();
        JsonCodec codec = JacksonCodec.of(new ObjectMapper(strict));
        String deep = "[".repeat(900) + "]".repeat(900);
        assertThat(arguments(codec, deep).get(0, Object.class)).isNotNull();
        assertThat(arguments(codec, "9".repeat(9_000)).get(0, BigInteger.class)).isPositive();
    }

    @ParameterizedTest
    @MethodSource("all")
    void namesOfClientsAreNotInternedAndExponentsStaySmall(JsonCodec codec) {
        String name = "name-" + System.nanoTime();
        Map<?, ?> map = arguments(codec, "{'" + name + "':1}").require(0, Map.class);
        String read = (String) map.keySet().iterator().next();
        assertThat(read).isEqualTo(name).isNotSameAs(name.intern());
        assertClientFault(() -> arguments(codec, "1e99999").get(0, BigInteger.class), "[0]");
        assertClientFault(() -> arguments(codec, "1e99999999999").get(0, BigDecimal.class), "[0]");
    }

    @Test
    void kotlinDataClassesAreReadByTheModuleOfTheApplication() {
        JsonCodec codec = JacksonCodec.of(JsonMapper.builder()
                .addModule(new KotlinModule.Builder().build())
                .build());
        TypeRef<Pair<String, Integer>> type = new TypeRef<>() {};
        assertThat(arguments(codec, "{'first':'a','second':7}").require(0, type))
                .isEqualTo(new Pair<>("a", 7));
        assertThat(Arguments.of(codec, new Pair<>("a", 7)).json().utf8()).isEqualTo(quoted("{'first':'a','second':7}"));
        assertClientFault(() -> arguments(codec, "{'first':'a','second':'x'}").require(0, type), "[0].second");
        assertServerFault(
                () -> arguments(JacksonCodec.DEFAULT, "{'first':'a','second':7}")
                        .require(0, type),
                "read from JSON: [0] kotlin.Pair");
    }

    // Types

    @ParameterizedTest
    @MethodSource("all")
    void genericTypesAreRead(JsonCodec codec) {
        TypeRef<List<Item>> items = new TypeRef<>() {};
        assertThat(arguments(codec, "[{'skuCode':'a','quantity':1}]").require(0, items))
                .containsExactly(new Item("a", 1, null));
        TypeRef<Map<String, List<Colour>>> map = new TypeRef<>() {};
        assertThat(arguments(codec, "null,{'k':['RED']}").get(1, map)).containsEntry("k", List.of(Colour.RED));
        assertThat(arguments(codec, "null").get(0, map)).isNull();
        assertThat(map).hasToString(map.type().getTypeName());
        assertThatThrownBy(() -> arguments(codec, "").require(0, items))
                .isInstanceOf(MalformedPacketException.class)
                .hasMessage("invalid arguments: [0] is missing");
    }

    @Test
    @SuppressWarnings("rawtypes") // the mistake
    void aReferenceWithoutATypeIsRefused() {
        assertThatThrownBy(() -> new TypeRef() {})
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("TypeRef: without a type (expected: new TypeRef<List<Item>>() {})");
    }

    @ParameterizedTest
    @MethodSource("times")
    void theDefaultReadsAndWritesTimesAsIsoTexts(Object value, String json) {
        assertThat(Arguments.of(value).json().utf8()).isEqualTo(quoted(json));
        Type type = value instanceof ZoneId && !(value instanceof ZoneOffset) ? ZoneId.class : value.getClass();
        assertThat(JacksonCodec.DEFAULT.read(Bytes.utf8(quoted(json)), List.of(), type))
                .isEqualTo(value);
        assertClientFault(() -> arguments(JacksonCodec.DEFAULT, "'x'").get(0, (Class<?>) type), "[0]");
        assertClientFault(() -> arguments(JacksonCodec.DEFAULT, "[]").get(0, (Class<?>) type), "[0]");
    }

    static Stream<ArgumentSet> times() {
        Map<Object, String> times = new LinkedHashMap<>();
        times.put(Instant.parse("2026-01-02T03:04:05.678Z"), "'2026-01-02T03:04:05.678Z'");
        times.put(LocalDate.of(2026, 1, 2), "'2026-01-02'");
        times.put(LocalTime.of(3, 4), "'03:04:00'");
        times.put(LocalDateTime.of(2026, 1, 2, 3, 4), "'2026-01-02T03:04:00'");
        times.put(OffsetTime.parse("03:04:05+01:00"), "'03:04:05+01:00'");
        times.put(OffsetDateTime.parse("2026-01-02T03:04:05+01:00"), "'2026-01-02T03:04:05+01:00'");
        times.put(ZonedDateTime.parse("2026-01-02T03:04:05+01:00"), "'2026-01-02T03:04:05+01:00'");
        times.put(Duration.ofSeconds(90), "'PT1M30S'");
        times.put(Period.ofDays(3), "'P3D'");
        times.put(Year.of(2026), "2026");
        times.put(YearMonth.of(2026, 1), "'2026-01'");
        times.put(MonthDay.of(1, 2), "'--01-02'");
        times.put(ZoneId.of("Europe/Berlin"), "'Europe/Berlin'");
        times.put(ZoneOffset.ofHours(2), "'+02:00'");
        return times.entrySet().stream()
                .map(entry -> org.junit.jupiter.params.provider.Arguments.argumentSet(
                        entry.getKey().getClass().getSimpleName(), entry.getKey(), entry.getValue()));
    }

    record Optionals(
            Optional<String> text,
            Optional<List<Item>> items,
            Optional<byte[]> data,
            OptionalInt small,
            OptionalLong large,
            OptionalDouble real,
            Map<LocalDate, Integer> byDay) {}

    @Test
    void theDefaultReadsAndWritesOptionalValues() {
        Optionals full = new Optionals(
                Optional.of("a"),
                Optional.of(List.of(new Item("s", 1, null))),
                Optional.of(new byte[] {1}),
                OptionalInt.of(1),
                OptionalLong.of(2),
                OptionalDouble.of(1.5),
                Map.of(LocalDate.of(2026, 1, 2), 3));
        Arguments written = Arguments.of(full);
        assertThat(written.json().utf8())
                .isEqualTo(quoted("{'text':'a','items':[{'skuCode':'s','quantity':1,'price':null}],"
                        + "'data':{'_placeholder':true,'num':0},'small':1,'large':2,'real':1.5,"
                        + "'byDay':{'2026-01-02':3}}"));
        Optionals read = written.require(0, Optionals.class);
        assertThat(read.items()).isEqualTo(full.items());
        assertThat(read.data().orElseThrow()).containsExactly(1);
        assertThat(read.large()).hasValue(2);
        assertThat(read.byDay()).isEqualTo(full.byDay());
        Optionals empty =
                arguments(JacksonCodec.DEFAULT, "{'text':null,'small':null}").require(0, Optionals.class);
        assertThat(empty.text()).isEmpty();
        assertThat(empty.items()).isEmpty();
        assertThat(empty.small()).isEmpty();
        assertThat(empty.real()).isEmpty();
        assertThat(Arguments.of(Optional.empty(), OptionalInt.empty()).json().utf8())
                .isEqualTo("null,null");
        assertClientFault(
                () -> arguments(JacksonCodec.DEFAULT, "{'items':[{'quantity':'x'}]}")
                        .get(0, Optionals.class),
                "[0].items[0].quantity");
        assertClientFault(
                () -> arguments(JacksonCodec.DEFAULT, "{'byDay':{'secret':1}}").get(0, Optionals.class), "[0].byDay");
    }

    // Faults of the client

    @ParameterizedTest
    @MethodSource("all")
    void aClientReadsWhereItsValueDoesNotFit(JsonCodec codec) {
        assertWrong(codec, "{'items':[null,{'quantity':1},{'quantity':'many'}]}", Order.class, "[0].items[2].quantity");
        assertWrong(codec, "{'items':7}", Order.class, "[0].items");
        assertWrong(codec, "{'stock':{'my secret':'x'}}", Order.class, "[0].stock.*");
        assertWrong(codec, "{'stock':{'" + "k".repeat(9_000) + "':'x'}}", Order.class, "[0].stock.*");
        assertWrong(codec, "{'painted':{'colour':'GREEN'}}", Holder.class, "[0].painted.colour");
        assertWrong(codec, "{'checked':{'amount':-1}}", Holder.class, "[0].checked");
        assertWrong(codec, "{'shape':{'kind':'square'}}", Holder.class, "[0].shape");
        assertWrong(codec, "{'shape':{}}", Holder.class, "[0].shape");
        assertWrong(codec, "{'shape':{'kind':'circle','radius':'x'}}", Holder.class, "[0].shape.radius");
        assertWrong(codec, "{'text':{'_placeholder':true,'num':0}}", Holder.class, "[0].text");
        assertWrong(codec, "{'item':[]}", Holder.class, "[0].item");
        assertWrong(codec, "{'amount':-1}", Checked.class, "[0]");
        assertWrong(codec, "'x'", int.class, "[0]");
        assertWrong(codec, "'x'", String[].class, "[0]");
        assertWrong(codec, "'x'", int[].class, "[0]");
        assertWrong(codec, "'x'", List.class, "[0]");
        assertWrong(codec, "'x'", Map.class, "[0]");
        assertWrong(codec, "'x'", RawJson[].class, "[0]");
        assertWrong(codec, "[1,2]", String.class, "[0]");
        assertWrong(codec, "{'data':'AQID'}", Picture.class, "[0].data");
        assertWrong(codec, "{'data':{'_placeholder':true,'num':3}}", Picture.class, "[0].data");
        assertWrong(codec, "{'more':[{}]}", Picture.class, "[0].more[0]");
        assertClientFault(() -> arguments(codec, "1,2,'x'").get(2, Integer.class), "[2]");
    }

    @Test
    void aNullForAPrimitiveIsWrongIfTheMapperSaysSo() {
        JsonCodec codec = JacksonCodec.of(JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build());
        assertWrong(codec, "{'skuCode':'s','quantity':null}", Item.class, "[0].quantity");
    }

    @ParameterizedTest
    @MethodSource("all")
    void rawJsonIsWhatTheClientSentAlsoBeforeTheNameOfItsType(JsonCodec codec) {
        String body = "{'a':[1,0.1234567890123456,'\u00fc \ud83d\ude00'],'b':null}";
        String picture = "{'_placeholder':true,'num':0}";
        Bytes data = Bytes.utf8("data");
        for (String json : List.of(
                "{'kind':'letter','body':" + body + ",'picture':" + picture + ",'last':'x'}",
                "{'body':" + body + ",'picture':" + picture + ",'kind':'letter','last':'x'}",
                "{'last':'x','body':" + body + ",'picture':" + picture + ",'kind':'letter'}")) {
            assertThat(arguments(codec, "'before'," + json, data).get(1, Mail.class))
                    .isEqualTo(new Letter(RawJson.of(quoted(body)), data, RawJson.of(quoted("'x'"))));
        }
    }

    @Test
    void namesThatNoPropertyHasAreNotRepeated() {
        JsonCodec codec = JacksonCodec.of(new ObjectMapper());
        assertWrong(codec, "{'unknown':1}", Item.class, "[0].unknown");
        assertWrong(codec, "{'two words\\n':1}", Item.class, "[0].*");
        assertWrong(codec, "{'" + "x".repeat(65) + "':1}", Item.class, "[0].*");
        String deep = "{'list':".repeat(200) + "'x'" + "}".repeat(200);
        MalformedPacketException wrong = catchWrong(() -> arguments(codec, deep).get(0, Deep.class));
        assertThat(Objects.requireNonNull(wrong.path()).length()).isLessThan(250);
    }

    record Deep(Deep list) {}

    private static void assertWrong(JsonCodec codec, String json, Class<?> type, String path) {
        assertClientFault(() -> arguments(codec, json, Bytes.EMPTY).get(0, type), path);
    }

    private static MalformedPacketException catchWrong(Supplier<?> reading) {
        try {
            throw new AssertionError("read: " + reading.get());
        } catch (MalformedPacketException e) {
            return e;
        }
    }

    private static void assertClientFault(Supplier<?> reading, String path) {
        MalformedPacketException wrong = catchWrong(reading);
        assertThat(wrong).hasMessage("invalid arguments: " + path).hasNoCause();
        assertThat(wrong.path()).isEqualTo(path);
        assertThat(wrong.limit()).isNull();
    }

    // Faults of the server

    @ParameterizedTest
    @MethodSource("all")
    void aTypeThatCannotBeReadIsAFaultOfTheServer(JsonCodec codec) {
        String opaque = Opaque.class.getName();
        assertServerFault(() -> arguments(codec, "{'secret':1}").get(0, Opaque.class), "read from JSON: [0] " + opaque);
        assertServerFault(
                () -> arguments(codec, "1,{'things':[{}]}").get(1, WithOpaque.class),
                "read from JSON: [1].things[0] " + opaque);
        assertServerFault(
                () -> arguments(codec, "{'things':{'secret':{}}}").get(0, WithAbstract.class),
                "read from JSON: [0].things.* " + Abstract.class.getName());
        assertServerFault(() -> arguments(codec, "{'a':'secret'}").get(0, Ambiguous.class), "read from JSON: [0] ");
        assertServerFault(
                () -> arguments(codec, "{'inner':{'a':'secret'}}").get(0, WithAmbiguous.class), "read from JSON: [0]");
        assertServerFault(() -> arguments(codec, "'secret'").get(0, Abstract.class), "read from JSON: [0] ");
        assertServerFault(() -> arguments(codec, "'secret'").get(0, Opaque.class), "read from JSON: [0] ");
    }

    private static void assertServerFault(Supplier<?> reading, String message) {
        assertThatThrownBy(reading::get)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot be " + message)
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    @ParameterizedTest
    @MethodSource("ofApplications")
    void aValueThatCannotBeWrittenIsNamedByTypeAndPath(JsonCodec codec) {
        assertThatThrownBy(() -> Arguments.of(codec, 1, Map.of("a", List.of(new Twice()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot be written as JSON: [1].*[0] ")
                .hasMessageContaining(Twice.class.getName());
        assertThatThrownBy(() -> Arguments.of(codec, new WithThrowing(new Throwing())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot be written as JSON: [0].inner.name " + Throwing.class.getName())
                .hasRootCauseMessage("the getter failed");
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThatThrownBy(() -> Arguments.of(codec, endless))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1_000));
    }

    @Test
    void theDefaultNamesTypeAndPathToo() {
        assertThatThrownBy(() -> Arguments.of(1, new WithThrowing(new Throwing())))
                .hasMessageStartingWith("cannot be written as JSON: [1].inner.name " + Throwing.class.getName())
                .hasRootCauseMessage("the getter failed");
    }

    // Mappers of an application that know nothing of codecs

    @Test
    void argumentsAndRawJsonAreJsonToEveryMapper() throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("raw", RawJson.of("[1]"));
        map.put("arguments", Arguments.of("a", Map.of("k", 2)));
        String expected = quoted("{'raw':[1],'arguments':['a',{'k':2}]}");
        assertThat(new ObjectMapper().writeValueAsString(map)).isEqualTo(expected);
        assertThat(new tools.jackson.databind.json.JsonMapper().writeValueAsString(map))
                .isEqualTo(expected);
    }

    @Test
    void aCustomCodecNeedsNoMoreThanTwoMethods() {
        JsonCodec codec = new JsonCodec() {
            @Override
            public Bytes write(@Nullable Object[] values, List<Bytes> attachments) {
                return Bytes.utf8("\"" + values.length + "\"");
            }

            @Override
            public Object read(Bytes json, List<Bytes> attachments, Type type) {
                if (json.utf8().equals("0")) {
                    throw MalformedPacketException.at(".inside");
                }
                return new Named(json.utf8());
            }
        };
        assertThat(Arguments.of(codec, "a", "b").json().utf8()).isEqualTo("\"2\"");
        assertThat(arguments(codec, "1,2").get(1, Named.class)).isEqualTo(new Named("2"));
        assertClientFault(() -> arguments(codec, "1,0").get(1, Named.class), "[1].inside");
    }
}
