package io.scarfall.socketio.packet;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonPath;
import io.scarfall.socketio.internal.json.JsonTypeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads JSON by Jackson 2. Binary data becomes an attachment with a placeholder, and back; NaN and infinite
 * numbers become null, as in JavaScript; {@link RawJson} stays as it is. Thread-safe.
 */
public final class JacksonCodec implements JsonCodec {

    /**
     * The codec of namespaces that set none, and of what Scarfall sends itself. Times are ISO-8601 texts, those of an
     * {@link java.time.Instant} with milliseconds, as {@code JSON.stringify} writes them; {@link java.util.Optional} is
     * its value or null. Unknown members are ignored. It does not depend on what is on the class path.
     */
    public static final JsonCodec DEFAULT = new JacksonCodec(
            JsonMapper.builder()
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .addModule(new JavaTypes())
                    .build(),
            true);

    private static final String UNKNOWN = "unknown type";

    private final ObjectMapper mapper;
    private final ObjectWriter writer;
    private final JsonFactory factory;
    private final boolean atOnce;

    /**
     * @param mapper is changed
     * @param atOnce whether it always writes an array of values as an array, which depends on its features; this is faster
     *     than one value after the other
     */
    private JacksonCodec(ObjectMapper mapper, boolean atOnce) {
        this.atOnce = atOnce;
        this.mapper = mapper.registerModule(new Attachments())
                .disable(SerializationFeature.INDENT_OUTPUT)
                .enable(SerializationFeature.WRAP_EXCEPTIONS)
                .enable(DeserializationFeature.WRAP_EXCEPTIONS)
                .enable(DeserializationFeature.EAGER_DESERIALIZER_FETCH);
        writer = mapper.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
        factory = WireJson.factory(mapper.getFactory()).setCodec(mapper);
    }

    /**
     * Uses the application's mapper: its modules, names, inclusion and features. The mapper is copied; neither does this
     * change it, nor do later changes of it have an effect. What concerns the wire is Scarfall's own: attachments,
     * numbers that JSON does not have, and the limits of what is read.
     *
     * @throws IllegalArgumentException if the mapper's class cannot be copied: it must override {@link
     *     ObjectMapper#copy}
     */
    public static JacksonCodec of(ObjectMapper mapper) {
        ObjectMapper copy;
        try {
            copy = mapper.copy();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(
                    "mapper: " + mapper.getClass().getName() + " cannot be copied (expected: overrides copy())", e);
        }
        return new JacksonCodec(copy, false);
    }

    @Override
    public Bytes write(@Nullable Object[] values, List<Bytes> attachments) {
        JsonOutput json = new JsonOutput(attachments);
        int index = 0;
        try (JsonGenerator out = factory.createGenerator(json, JsonEncoding.UTF8)) {
            if (atOnce) {
                writer.writeValue(out, values);
            } else {
                out.writeStartArray();
                for (; index < values.length; index++) {
                    writer.writeValue(out, values[index]);
                }
                out.writeEndArray();
            }
        } catch (IOException | RuntimeException e) {
            JsonPath path = atOnce ? new JsonPath() : new JsonPath().element(index);
            throw unwritable(path(path, e), e);
        }
        return json.elements();
    }

    private static JsonTypeException unwritable(String path, Exception e) {
        if (e instanceof InvalidDefinitionException definition) {
            return JsonTypeException.written(path, name(definition, UNKNOWN), definition.getOriginalMessage(), null);
        }
        List<JsonMappingException.Reference> steps =
                e instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
        String type =
                steps.isEmpty() ? UNKNOWN : typeOf(steps.get(steps.size() - 1).getFrom());
        return e instanceof JsonProcessingException json
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
        try (JsonParser in = factory.createParser(json.array(), json.offset(), json.length())) {
            return reader.withAttribute(Attachments.READING, new Attachments.Reading(in, json, attachments))
                    .readValue(in);
        } catch (InvalidDefinitionException e) {
            throw JsonTypeException.read(
                    path(new JsonPath(), e), name(e, javaType.toCanonical()), e.getOriginalMessage());
        } catch (JsonProcessingException
                | IllegalArgumentException // of an application's deserializer, or an exponent of 10 digits and more
                | DateTimeException
                | ArithmeticException e) {
            throw MalformedPacketException.at(path(new JsonPath(), e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String path(JsonPath path, Exception e) {
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference step : mapping.getPath()) {
                path.step(step.getFrom(), step.getFieldName(), step.getIndex());
            }
        }
        return path.toString();
    }

    private static String name(InvalidDefinitionException e, String otherwise) {
        return e.getType() == null ? otherwise : e.getType().toCanonical();
    }
}
