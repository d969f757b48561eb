package io.scarfall.socketio.packet;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonPath;
import io.scarfall.socketio.internal.json.JsonTypeException;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.deser.DeserializationContextExt;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes and reads JSON by Jackson 3, as {@link JacksonCodec} does by Jackson 2. The application brings {@code
 * tools.jackson.core:jackson-databind}; without this class nothing needs it. Thread-safe.
 */
public final class Jackson3Codec implements JsonCodec {

    private static final String UNKNOWN = "unknown type";

    private final JsonMapper mapper;
    private final ObjectWriter writer;
    private final JsonFactory factory;

    private Jackson3Codec(JsonMapper mapper) {
        this.mapper = mapper;
        writer = mapper.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
        factory = WireJson3.factory();
    }

    /**
     * Uses the application's mapper: its modules, names, inclusion and features. What concerns the wire is Scarfall's
     * own: attachments, numbers that JSON does not have, and the limits of what is read.
     */
    @SuppressWarnings("exports") // only an application that has Jackson 3 calls this
    public static Jackson3Codec of(JsonMapper mapper) {
        return new Jackson3Codec(mapper.rebuild()
                .addModule(new Attachments3())
                .disable(SerializationFeature.INDENT_OUTPUT)
                .enable(SerializationFeature.WRAP_EXCEPTIONS)
                .enable(DeserializationFeature.WRAP_EXCEPTIONS)
                .enable(DeserializationFeature.EAGER_DESERIALIZER_FETCH)
                .build());
    }

    @Override
    public Bytes write(@Nullable Object[] values, List<Bytes> attachments) {
        JsonOutput json = new JsonOutput(attachments);
        int index = 0;
        try (JsonGenerator out = factory.createGenerator(mapper._serializationContext(), json)) {
            out.writeStartArray();
            for (; index < values.length; index++) {
                writer.writeValue(out, values[index]);
            }
            out.writeEndArray();
        } catch (RuntimeException e) {
            throw unwritable(path(new JsonPath().element(index), e), e);
        }
        return json.elements();
    }

    private static JsonTypeException unwritable(String path, RuntimeException e) {
        if (e instanceof InvalidDefinitionException definition) {
            return JsonTypeException.written(path, name(definition, UNKNOWN), definition.getOriginalMessage(), null);
        }
        List<JacksonException.Reference> steps = e instanceof JacksonException json ? json.getPath() : List.of();
        String type =
                steps.isEmpty() ? UNKNOWN : typeOf(steps.get(steps.size() - 1).from());
        return e instanceof JacksonException json
                ? JsonTypeException.written(path, type, json.getOriginalMessage(), json.getCause())
                : JsonTypeException.written(path, type, e.toString(), e);
    }

    private static String typeOf(@Nullable Object container) {
        return container instanceof Class<?> type
                ? type.getName()
                : container == null ? UNKNOWN : container.getClass().getName();
    }

    @Override
    public @Nullable Object read(Bytes json, List<Bytes> attachments, Type type) {
        JavaType javaType = mapper.constructType(type);
        ObjectReader reader;
        try {
            reader = mapper.readerFor(javaType);
        } catch (IllegalArgumentException e) {
            throw JsonTypeException.read("", javaType.toCanonical(), e.getMessage());
        }
        DeserializationContextExt context = mapper._deserializationContext();
        try (JsonParser in = context.assignAndReturnParser(
                factory.createParser(context, json.array(), json.offset(), json.length()))) {
            return reader.withAttribute(Attachments3.READING, new Attachments3.Reading(in, json, attachments))
                    .readValue(in);
        } catch (InvalidDefinitionException e) {
            throw JsonTypeException.read(
                    path(new JsonPath(), e), name(e, javaType.toCanonical()), e.getOriginalMessage());
        } catch (JacksonException
                | IllegalArgumentException // of an application's deserializer, or an exponent of 10 digits and more
                | DateTimeException
                | ArithmeticException e) {
            throw MalformedPacketException.at(path(new JsonPath(), e));
        }
    }

    private static String path(JsonPath path, RuntimeException e) {
        if (e instanceof JacksonException json) {
            for (JacksonException.Reference step : json.getPath()) {
                path.step(step.from(), step.getPropertyName(), step.getIndex());
            }
        }
        return path.toString();
    }

    private static String name(InvalidDefinitionException e, String otherwise) {
        return e.getType() == null ? otherwise : e.getType().toCanonical();
    }
}
