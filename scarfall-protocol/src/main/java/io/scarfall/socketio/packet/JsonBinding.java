package io.scarfall.socketio.packet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.internal.json.Placeholders;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Converts the application's types to JSON and back, by Jackson. Binary data inside a value becomes an attachment with
 * a placeholder, and back (Socket.IO protocol 5, "Binary event"). Dates are ISO-8601 texts, as {@code JSON.stringify}
 * writes them. Thread-safe.
 */
final class JsonBinding {

    private static final String ATTACHMENTS = "scarfall.attachments";

    /** The end of a placeholder's name, as this class writes it. */
    private static final byte[] PLACEHOLDER = "_placeholder\"".getBytes(StandardCharsets.US_ASCII);

    private static final String SOURCE = "scarfall.source";

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    /**
     * Reads JSON that was checked when its packet was decoded. Names are not interned, because peers could fill the
     * JVM's table of strings. Jackson's own table of names is safe: it has a random seed, is cleared when it has grown,
     * and rejects names that collide. Without that table Jackson would read characters, but {@link RawJson} needs
     * positions in bytes.
     */
    private static final JsonFactory FACTORY = new Factory(new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(constraints()));

    private static final ObjectMapper MAPPER = mapper().disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule("scarfall")
                    .addSerializer(new InstantSerializer())
                    .addSerializer(new DateSerializer())
                    .addSerializer(new BinarySerializer<>(byte[].class))
                    .addSerializer(new BinarySerializer<>(Bytes.class))
                    .addSerializer(new BinarySerializer<>(ByteBuffer.class))
                    .addDeserializer(Bytes.class, new BytesDeserializer())
                    .addDeserializer(byte[].class, new ByteArrayDeserializer())
                    .addDeserializer(BigInteger.class, new BigIntegerDeserializer())
                    .addDeserializer(ByteBuffer.class, new ByteBufferDeserializer())
                    .addDeserializer(RawJson.class, new RawJsonDeserializer()))
            .build();

    private JsonBinding() {}

    private static StreamReadConstraints constraints() {
        StreamReadConstraints.Builder constraints = StreamReadConstraints.builder()
                .maxNestingDepth(JsonCursor.HIGHEST_DEPTH)
                .maxNumberLength(JsonCursor.HIGHEST_NUMBER_LENGTH);
        JacksonVersion.allowLongNames(constraints);
        return constraints.build();
    }

    private static JsonMapper.Builder mapper() {
        JsonMapper.Builder mapper = JsonMapper.builder(FACTORY);
        JacksonVersion.writeEmojiAsBytes(mapper);
        return mapper;
    }

    /**
     * Writes values as JSON texts with commas between them.
     *
     * @param attachments gets the binary data of the values
     * @throws IllegalArgumentException if Jackson cannot write a value
     */
    static Bytes write(@Nullable Object[] values, List<Bytes> attachments) {
        try {
            byte[] array =
                    MAPPER.writer().withAttribute(ATTACHMENTS, attachments).writeValueAsBytes(values);
            if (!attachments.isEmpty() && mayHoldOtherPlaceholders(array, attachments.size())) {
                Placeholders.checkArray(Bytes.wrap(array), attachments.size());
            }
            return Bytes.wrap(array, 1, array.length - 2);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getOriginalMessage(), e);
        } catch (MalformedPacketException e) {
            throw new IllegalArgumentException(
                    "cannot be sent with attachments: JSON with a placeholder of none of them", e);
        }
    }

    /**
     * Whether JSON that is passed on may contain a placeholder that a client wrote. Receivers would take it for a
     * placeholder of one of the attachments, and would close their connection if there is no such attachment.
     */
    private static boolean mayHoldOtherPlaceholders(byte[] json, int attachments) {
        int found = 0;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\\' && json[i + 1] == 'u') { // a name may have escapes
                return true;
            } else if (json[i] == '_'
                    && Arrays.mismatch(
                                    json,
                                    i,
                                    Math.min(json.length, i + PLACEHOLDER.length),
                                    PLACEHOLDER,
                                    0,
                                    PLACEHOLDER.length)
                            < 0) {
                found++;
            }
        }
        return found > attachments;
    }

    static <T> @Nullable T read(Bytes json, List<Bytes> attachments, Class<T> type) {
        try {
            return MAPPER.readerFor(type)
                    .withAttribute(ATTACHMENTS, attachments)
                    .withAttribute(SOURCE, json)
                    .readValue(json.array(), json.offset(), json.length());
        } catch (JsonProcessingException
                | NumberFormatException e) { // NumberFormatException for exponents of 10 digits and more
            throw new MalformedPacketException("an argument is no " + type.getSimpleName());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes generators that write NaN and infinite numbers as null. */
    private static final class Factory extends JsonFactory {

        private static final long serialVersionUID = 1;

        Factory(JsonFactoryBuilder builder) {
            super(builder);
        }

        @Override
        protected JsonGenerator _createUTF8Generator(OutputStream out, IOContext context) {
            return new Generator(context, _generatorFeatures, _objectCodec, out, _quoteChar);
        }
    }

    /**
     * Writes null for NaN and infinite numbers, which JSON does not have, as JavaScript does. In the generator, this
     * applies to all types of an application.
     */
    private static final class Generator extends UTF8JsonGenerator {

        Generator(IOContext context, int features, ObjectCodec codec, OutputStream out, char quote) {
            super(context, features, codec, out, quote);
        }

        @Override
        public void writeNumber(double value) throws IOException {
            if (Double.isFinite(value)) {
                super.writeNumber(value);
            } else {
                writeNull();
            }
        }

        @Override
        public void writeNumber(float value) throws IOException {
            if (Float.isFinite(value)) {
                super.writeNumber(value);
            } else {
                writeNull();
            }
        }
    }

    private static final class InstantSerializer extends StdSerializer<Instant> {

        private static final long serialVersionUID = 1;

        InstantSerializer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(MILLISECONDS.format(value));
        }
    }

    @SuppressWarnings("JavaUtilDate") // applications may use them
    private static final class DateSerializer extends StdSerializer<Date> {

        private static final long serialVersionUID = 1;

        DateSerializer() {
            super(Date.class);
        }

        @Override
        public void serialize(Date value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(MILLISECONDS.format(Instant.ofEpochMilli(value.getTime())));
        }
    }

    private static final class BinarySerializer<T> extends StdSerializer<T> {

        private static final long serialVersionUID = 1;

        BinarySerializer(Class<T> type) {
            super(type);
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializerProvider provider) throws IOException {
            @SuppressWarnings("unchecked") // write() put it there
            List<Bytes> attachments = (List<Bytes>) provider.getAttribute(ATTACHMENTS);
            out.writeStartObject();
            out.writeBooleanField("_placeholder", true);
            out.writeNumberField("num", attachments.size());
            out.writeEndObject();
            attachments.add(bytes(value));
        }

        private static Bytes bytes(Object value) {
            if (value instanceof byte[] array) {
                return Bytes.copyOf(array);
            } else if (value instanceof ByteBuffer buffer) {
                byte[] copy = new byte[buffer.remaining()];
                buffer.duplicate().get(copy);
                return Bytes.wrap(copy);
            }
            return (Bytes) value;
        }
    }

    private static final class BytesDeserializer extends JsonDeserializer<Bytes> {

        @Override
        public Bytes deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return attachment(in, context);
        }
    }

    private static final class ByteArrayDeserializer extends JsonDeserializer<byte[]> {

        @Override
        public byte[] deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return attachment(in, context).toByteArray();
        }
    }

    private static final class ByteBufferDeserializer extends JsonDeserializer<ByteBuffer> {

        @Override
        public ByteBuffer deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return ByteBuffer.wrap(attachment(in, context).toByteArray());
        }
    }

    private static Bytes attachment(JsonParser in, DeserializationContext context) throws IOException {
        @SuppressWarnings("unchecked") // read() put it there
        List<Bytes> attachments = (List<Bytes>) context.getAttribute(ATTACHMENTS);
        boolean placeholder = false;
        int index = -1;
        if (in.currentToken() == JsonToken.START_OBJECT) {
            for (String name; (name = in.nextFieldName()) != null; ) {
                JsonToken value = in.nextToken();
                if (name.equals("_placeholder")) {
                    placeholder = value == JsonToken.VALUE_TRUE;
                } else if (name.equals("num")) {
                    index = value == JsonToken.VALUE_NUMBER_INT ? in.getIntValue() : -1;
                }
                in.skipChildren();
            }
        }
        if (!placeholder || index < 0 || index >= attachments.size()) {
            return (Bytes) context.handleUnexpectedToken(Bytes.class, in);
        }
        return attachments.get(index);
    }

    /** Refuses exponents beyond those of JavaScript: a few characters, such as 1e99999, would become many kilobytes. */
    private static final class BigIntegerDeserializer extends NumberDeserializers.BigIntegerDeserializer {

        private static final long serialVersionUID = 1;

        @Override
        public BigInteger deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (in.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
                BigDecimal value = in.getDecimalValue();
                if (value.scale() < -Double.MAX_EXPONENT) {
                    return (BigInteger)
                            context.handleWeirdNumberValue(BigInteger.class, value, "exponent is too large");
                }
            }
            return super.deserialize(in, context);
        }
    }

    /** Reads a value as its part of the text. */
    private static final class RawJsonDeserializer extends JsonDeserializer<RawJson> {

        @Override
        public RawJson deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (!(context.getAttribute(SOURCE) instanceof Bytes source)) {
                throw new IllegalStateException("RawJson is read by Arguments only");
            }
            int from = (int) in.currentTokenLocation().getByteOffset();
            in.skipChildren();
            in.finishToken();
            return new RawJson(source.slice(from, (int) in.currentLocation().getByteOffset()));
        }

        @Override
        public RawJson getNullValue(DeserializationContext context) {
            return RawJson.NULL;
        }
    }
}
