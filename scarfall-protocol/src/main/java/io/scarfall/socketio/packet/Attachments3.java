package io.scarfall.socketio.packet;

import io.scarfall.engineio.Bytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.jdk.NumberDeserializers;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.util.LinkedNode;

/**
 * Teaches a mapper of Jackson 3 what is special on the wire: binary data as attachments, {@link RawJson}, and integers
 * with large exponents. It wins over the application's modules, because it is added last.
 */
final class Attachments3 extends SimpleModule {

    private static final long serialVersionUID = 1;

    /** The attribute that holds the {@link Reading}. */
    static final String READING = "scarfall.reading";

    private static final String NESTED = "not supported inside a value that a serializer converts on its own";

    /**
     * The value that is being read.
     *
     * @param parser the parser of the JSON
     */
    record Reading(JsonParser parser, Bytes json, List<Bytes> attachments) {

        /** Whether positions of a parser are those in the JSON. Jackson buffers what precedes the name of a type. */
        boolean isReadBy(JsonParser in) {
            JsonParser used = in;
            while (used instanceof JsonParserDelegate delegating) {
                used = delegating.delegate();
            }
            return used == parser;
        }
    }

    Attachments3() {
        super("scarfall.attachments");
        addSerializer(new BinarySerializer<>(byte[].class));
        addSerializer(new BinarySerializer<>(Bytes.class));
        addSerializer(new BinarySerializer<>(ByteBuffer.class));
        addSerializer(new RawJsonSerializer());
        addDeserializer(Bytes.class, new BytesDeserializer());
        addDeserializer(byte[].class, new ByteArrayDeserializer());
        addDeserializer(BigInteger.class, new BigIntegerDeserializer());
        addDeserializer(ByteBuffer.class, new ByteBufferDeserializer());
        addDeserializer(RawJson.class, new RawJsonDeserializer());
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.addHandler(new WrongShapes());
    }

    /**
     * Jackson calls it a wrong definition of the type if a text comes for an array. That is the client's fault: only a
     * type that has constructors, or should have some, can lack one.
     */
    private static final class WrongShapes extends DeserializationProblemHandler {

        @Override
        public @Nullable Object handleMissingInstantiator(
                DeserializationContext context,
                Class<?> type,
                @Nullable ValueInstantiator instantiator,
                JsonParser in,
                String message) {
            for (LinkedNode<DeserializationProblemHandler> other =
                            context.getConfig().getProblemHandlers();
                    other != null;
                    other = other.next()) {
                if (other.value() != this) {
                    Object value = other.value().handleMissingInstantiator(context, type, instantiator, in, message);
                    if (value != NOT_HANDLED) {
                        return value;
                    }
                }
            }
            return instantiator == null ? context.reportInputMismatch(type, "%s", message) : NOT_HANDLED;
        }
    }

    private static final class RawJsonSerializer extends StdSerializer<RawJson> {

        private static final long serialVersionUID = 1;

        RawJsonSerializer() {
            super(RawJson.class);
        }

        @Override
        public void serialize(RawJson value, JsonGenerator out, SerializationContext context) {
            out.writeRawValue(value.text());
        }

        @Override
        public void serializeWithType(
                RawJson value, JsonGenerator out, SerializationContext context, TypeSerializer ignored) {
            serialize(value, out, context);
        }
    }

    private static final class BinarySerializer<T> extends StdSerializer<T> {

        private static final long serialVersionUID = 1;

        BinarySerializer(Class<T> type) {
            super(type);
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializationContext context) {
            if (!(out.streamWriteOutputTarget() instanceof JsonOutput json)) {
                context.reportBadDefinition(context.constructType(handledType()), NESTED);
                return;
            }
            out.writeStartObject();
            out.writeBooleanProperty("_placeholder", true);
            out.writeName("num");
            out.writeRawValue(Integer.toString(json.attach(bytes(value)))); // a number, even if others become texts
            out.writeEndObject();
        }

        @Override
        public void serializeWithType(
                T value, JsonGenerator out, SerializationContext context, TypeSerializer ignored) {
            serialize(value, out, context);
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

    /** Reads values that never have the name of their type in the JSON. */
    private abstract static class UntypedDeserializer<T> extends ValueDeserializer<T> {

        @Override
        public final Object deserializeWithType(
                JsonParser in, DeserializationContext context, TypeDeserializer ignored) {
            return deserialize(in, context);
        }
    }

    private static final class BytesDeserializer extends UntypedDeserializer<Bytes> {

        @Override
        public Bytes deserialize(JsonParser in, DeserializationContext context) {
            return attachment(in, context);
        }
    }

    private static final class ByteArrayDeserializer extends UntypedDeserializer<byte[]> {

        @Override
        public byte[] deserialize(JsonParser in, DeserializationContext context) {
            return attachment(in, context).toByteArray();
        }
    }

    private static final class ByteBufferDeserializer extends UntypedDeserializer<ByteBuffer> {

        @Override
        public ByteBuffer deserialize(JsonParser in, DeserializationContext context) {
            return ByteBuffer.wrap(attachment(in, context).toByteArray());
        }
    }

    private static Bytes attachment(JsonParser in, DeserializationContext context) {
        if (!(context.getAttribute(READING) instanceof Reading reading)) {
            return context.reportBadDefinition(context.constructType(Bytes.class), NESTED);
        }
        boolean placeholder = false;
        int index = -1;
        if (in.currentToken() == JsonToken.START_OBJECT) {
            for (String name; (name = in.nextName()) != null; ) {
                JsonToken value = in.nextToken();
                if (name.equals("_placeholder")) {
                    placeholder = value == JsonToken.VALUE_TRUE;
                } else if (name.equals("num")) {
                    index = value == JsonToken.VALUE_NUMBER_INT ? in.getIntValue() : -1;
                }
                in.skipChildren();
            }
        }
        List<Bytes> attachments = reading.attachments();
        if (!placeholder || index < 0 || index >= attachments.size()) {
            return (Bytes) context.handleUnexpectedToken(Bytes.class, in);
        }
        return attachments.get(index);
    }

    /** Refuses exponents beyond those of JavaScript: a few characters, such as 1e99999, would become many kilobytes. */
    private static final class BigIntegerDeserializer extends NumberDeserializers.BigIntegerDeserializer {

        @Override
        public BigInteger deserialize(JsonParser in, DeserializationContext context) {
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
    private static final class RawJsonDeserializer extends UntypedDeserializer<RawJson> {

        private static final JsonFactory COPIES = WireJson3.factory();

        @Override
        public RawJson deserialize(JsonParser in, DeserializationContext context) {
            if (!(context.getAttribute(READING) instanceof Reading reading)) {
                return context.reportBadDefinition(context.constructType(RawJson.class), NESTED);
            }
            if (!reading.isReadBy(in)) {
                return new RawJson(copy(in));
            }
            int from = (int) in.currentTokenLocation().getByteOffset();
            in.skipChildren();
            in.finishToken();
            return new RawJson(
                    reading.json().slice(from, (int) in.currentLocation().getByteOffset()));
        }

        /** Writes the value again: in an array, which is what the output takes, and numbers as JavaScript has them. */
        private static Bytes copy(JsonParser in) {
            JsonOutput json = new JsonOutput(new ArrayList<>(0));
            try (JsonGenerator out = COPIES.createGenerator(ObjectWriteContext.empty(), json)) {
                out.writeStartArray();
                out.copyCurrentStructure(in);
                out.writeEndArray();
            }
            return json.elements();
        }

        @Override
        public RawJson getNullValue(DeserializationContext context) {
            return RawJson.NULL;
        }
    }
}
