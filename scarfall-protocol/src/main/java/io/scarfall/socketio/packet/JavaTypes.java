package io.scarfall.socketio.packet;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.deser.std.ReferenceTypeDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.ReferenceTypeSerializer;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.type.ReferenceType;
import com.fasterxml.jackson.databind.type.TypeBindings;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.type.TypeModifier;
import com.fasterxml.jackson.databind.util.NameTransformer;
import java.io.IOException;
import java.lang.reflect.Type;
import java.time.DateTimeException;
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
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Teaches the default mapper {@code java.time} and {@link Optional}, so that an application needs no module for them, and
 * none on its class path changes what is sent.
 * Times are texts of ISO 8601, in the form that the module of Jackson has without timestamps.
 */
final class JavaTypes extends SimpleModule {

    private static final long serialVersionUID = 1;

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    JavaTypes() {
        super("scarfall.types");
        text(Instant.class, MILLISECONDS::format, Instant::parse);
        text(LocalDate.class, DateTimeFormatter.ISO_LOCAL_DATE::format, LocalDate::parse);
        text(LocalTime.class, DateTimeFormatter.ISO_LOCAL_TIME::format, LocalTime::parse);
        text(LocalDateTime.class, DateTimeFormatter.ISO_LOCAL_DATE_TIME::format, LocalDateTime::parse);
        text(OffsetTime.class, DateTimeFormatter.ISO_OFFSET_TIME::format, OffsetTime::parse);
        text(OffsetDateTime.class, DateTimeFormatter.ISO_OFFSET_DATE_TIME::format, OffsetDateTime::parse);
        text(ZonedDateTime.class, DateTimeFormatter.ISO_OFFSET_DATE_TIME::format, ZonedDateTime::parse);
        text(Duration.class, Duration::toString, Duration::parse);
        text(Period.class, Period::toString, Period::parse);
        text(YearMonth.class, YearMonth::toString, YearMonth::parse);
        text(MonthDay.class, MonthDay::toString, MonthDay::parse);
        text(ZoneOffset.class, ZoneOffset::getId, ZoneOffset::of);
        text(ZoneId.class, ZoneId::getId, ZoneId::of);
        addSerializer(Year.class, scalar(Year.class, (value, out) -> out.writeNumber(value.getValue())));
        addDeserializer(Year.class, new YearDeserializer());
        addSerializer(new DateSerializer());
        addSerializer(OptionalInt.class, scalar(OptionalInt.class, (value, out) -> {
            if (value.isPresent()) {
                out.writeNumber(value.getAsInt());
            } else {
                out.writeNull();
            }
        }));
        addSerializer(OptionalLong.class, scalar(OptionalLong.class, (value, out) -> {
            if (value.isPresent()) {
                out.writeNumber(value.getAsLong());
            } else {
                out.writeNull();
            }
        }));
        addSerializer(OptionalDouble.class, scalar(OptionalDouble.class, (value, out) -> {
            if (value.isPresent()) {
                out.writeNumber(value.getAsDouble());
            } else {
                out.writeNull();
            }
        }));
        addDeserializer(
                OptionalInt.class,
                new NumberDeserializer<>(Integer.class, OptionalInt.class, OptionalInt::of, OptionalInt.empty()));
        addDeserializer(
                OptionalLong.class,
                new NumberDeserializer<>(Long.class, OptionalLong.class, OptionalLong::of, OptionalLong.empty()));
        addDeserializer(
                OptionalDouble.class,
                new NumberDeserializer<>(
                        Double.class, OptionalDouble.class, OptionalDouble::of, OptionalDouble.empty()));
    }

    private <T> void text(Class<T> type, Function<? super T, String> format, Function<String, ? extends T> parse) {
        addSerializer(type, scalar(type, (value, out) -> out.writeString(format.apply(value))));
        addDeserializer(type, new TextDeserializer<T>(type, parse));
        addKeyDeserializer(type, new TextKeyDeserializer(type, parse));
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.addTypeModifier(new OptionalTypes());
        context.addSerializers(new OptionalSerializers());
        context.addDeserializers(new OptionalDeserializers());
    }

    @FunctionalInterface
    private interface Writer<T> {
        void write(T value, JsonGenerator out) throws IOException;
    }

    private static <T> JsonSerializer<T> scalar(Class<T> type, Writer<T> writer) {
        return new ScalarSerializer<>(type, writer);
    }

    @SuppressWarnings("serial") // never serialized by Java
    private static final class ScalarSerializer<T> extends StdScalarSerializer<T> {

        private final Writer<T> writer;

        ScalarSerializer(Class<T> type, Writer<T> writer) {
            super(type);
            this.writer = writer;
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializerProvider provider) throws IOException {
            writer.write(value, out);
        }
    }

    @SuppressWarnings("JavaUtilDate") // applications may use them
    private static final class DateSerializer extends StdScalarSerializer<Date> {

        private static final long serialVersionUID = 1;

        DateSerializer() {
            super(Date.class);
        }

        @Override
        public void serialize(Date value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(MILLISECONDS.format(Instant.ofEpochMilli(value.getTime())));
        }
    }

    @SuppressWarnings("serial") // as above
    private static final class TextDeserializer<T> extends StdScalarDeserializer<T> {

        private final Function<String, ? extends T> parse;

        TextDeserializer(Class<T> type, Function<String, ? extends T> parse) {
            super(type);
            this.parse = parse;
        }

        @Override
        @SuppressWarnings("unchecked") // Jackson checks it
        public @Nullable T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (in.currentToken() != JsonToken.VALUE_STRING) {
                return (T) context.handleUnexpectedToken(_valueClass, in);
            }
            try {
                return parse.apply(in.getText());
            } catch (DateTimeException e) {
                return (T) context.handleWeirdStringValue(_valueClass, in.getText(), "not in the form of ISO 8601");
            }
        }
    }

    private static final class YearDeserializer extends StdScalarDeserializer<Year> {

        private static final long serialVersionUID = 1;

        YearDeserializer() {
            super(Year.class);
        }

        @Override
        public @Nullable Year deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Year.of(_parseIntPrimitive(in, context));
        }
    }

    private static final class TextKeyDeserializer extends KeyDeserializer {

        private final Class<?> type;
        private final Function<String, ?> parse;

        TextKeyDeserializer(Class<?> type, Function<String, ?> parse) {
            this.type = type;
            this.parse = parse;
        }

        @Override
        public @Nullable Object deserializeKey(String key, DeserializationContext context) throws IOException {
            try {
                return parse.apply(key);
            } catch (DateTimeException e) {
                return context.handleWeirdKey(type, key, "not in the form of ISO 8601");
            }
        }
    }

    /** Reads a number as an optional one. */
    @SuppressWarnings("serial") // as above
    private static final class NumberDeserializer<N, T> extends StdScalarDeserializer<T> {

        private final Class<N> number;
        private final Function<N, T> of;
        private final T empty;

        NumberDeserializer(Class<N> number, Class<T> type, Function<N, T> of, T empty) {
            super(type);
            this.number = number;
            this.of = of;
            this.empty = empty;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            N value = context.readValue(in, number);
            return value == null ? empty : of.apply(value);
        }

        @Override
        public T getNullValue(DeserializationContext context) {
            return empty;
        }
    }

    // Optional: a type that refers to another, as Jackson calls it.

    private static final class OptionalTypes extends TypeModifier {

        @Override
        public JavaType modifyType(JavaType type, Type declared, TypeBindings bindings, TypeFactory factory) {
            return type.isReferenceType() || type.isContainerType() || type.getRawClass() != Optional.class
                    ? type
                    : ReferenceType.upgradeFrom(type, type.containedTypeOrUnknown(0));
        }
    }

    private static final class OptionalSerializers extends Serializers.Base {

        @Override
        public @Nullable JsonSerializer<?> findReferenceSerializer(
                SerializationConfig config,
                ReferenceType type,
                BeanDescription description,
                @Nullable TypeSerializer contentType,
                @Nullable JsonSerializer<Object> content) {
            if (type.getRawClass() != Optional.class) {
                return null;
            }
            boolean isStatic = contentType == null && config.isEnabled(MapperFeature.USE_STATIC_TYPING);
            return new OptionalSerializer(type, isStatic, contentType, content);
        }
    }

    private static final class OptionalSerializer extends ReferenceTypeSerializer<Optional<?>> {

        private static final long serialVersionUID = 1;

        OptionalSerializer(
                ReferenceType type,
                boolean isStatic,
                @Nullable TypeSerializer contentType,
                @Nullable JsonSerializer<Object> content) {
            super(type, isStatic, contentType, content);
        }

        private OptionalSerializer(
                OptionalSerializer base,
                BeanProperty property,
                TypeSerializer contentType,
                JsonSerializer<?> content,
                NameTransformer unwrapper,
                Object suppressed,
                boolean suppressNulls) {
            super(base, property, contentType, content, unwrapper, suppressed, suppressNulls);
        }

        @Override
        protected ReferenceTypeSerializer<Optional<?>> withResolved(
                BeanProperty property,
                TypeSerializer contentType,
                JsonSerializer<?> content,
                NameTransformer unwrapper) {
            return new OptionalSerializer(
                    this, property, contentType, content, unwrapper, _suppressableValue, _suppressNulls);
        }

        @Override
        public ReferenceTypeSerializer<Optional<?>> withContentInclusion(Object suppressed, boolean suppressNulls) {
            return new OptionalSerializer(
                    this, _property, _valueTypeSerializer, _valueSerializer, _unwrapper, suppressed, suppressNulls);
        }

        @Override
        protected boolean _isValuePresent(Optional<?> value) {
            return value.isPresent();
        }

        @Override
        protected Object _getReferenced(Optional<?> value) {
            return value.orElseThrow();
        }

        @Override
        protected @Nullable Object _getReferencedIfPresent(Optional<?> value) {
            return value.orElse(null);
        }
    }

    private static final class OptionalDeserializers extends Deserializers.Base {

        @Override
        public @Nullable JsonDeserializer<?> findReferenceDeserializer(
                ReferenceType type,
                DeserializationConfig config,
                BeanDescription description,
                @Nullable TypeDeserializer contentType,
                @Nullable JsonDeserializer<?> content) {
            return type.getRawClass() == Optional.class ? new OptionalDeserializer(type, contentType, content) : null;
        }
    }

    private static final class OptionalDeserializer extends ReferenceTypeDeserializer<Optional<Object>> {

        private static final long serialVersionUID = 1;

        OptionalDeserializer(
                JavaType type, @Nullable TypeDeserializer contentType, @Nullable JsonDeserializer<?> content) {
            super(type, null, contentType, content);
        }

        @Override
        protected ReferenceTypeDeserializer<Optional<Object>> withResolved(
                TypeDeserializer contentType, JsonDeserializer<?> content) {
            return new OptionalDeserializer(_fullType, contentType, content);
        }

        @Override
        public Optional<Object> getNullValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Object getEmptyValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Optional<Object> referenceValue(Object contents) {
            return Optional.ofNullable(contents);
        }

        @Override
        public @Nullable Object getReferenced(Optional<Object> reference) {
            return reference.orElse(null);
        }

        @Override
        public Optional<Object> updateReference(Optional<Object> reference, Object contents) {
            return Optional.ofNullable(contents);
        }
    }
}
