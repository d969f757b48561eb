package io.scarfall.socketio.packet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.json.UTF8JsonGenerator;
import io.scarfall.socketio.internal.json.JsonCursor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Makes the parsers and generators of {@link JacksonCodec}: those of an application's mapper have other limits. */
final class WireJson {

    /** What an application may choose: it changes how values are written, and the JSON stays valid. */
    private static final List<JsonWriteFeature> CHOICES =
            List.of(JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS, JsonWriteFeature.ESCAPE_NON_ASCII);

    private WireJson() {}

    /**
     * Makes a factory. It reads JSON that was checked when its packet was decoded. Names are not interned, because peers
     * could fill the JVM's table of strings. Jackson's own table of names is safe: it has a random seed, is cleared when
     * it has grown, and rejects names that collide. Without that table Jackson would read characters, but {@link
     * RawJson} needs positions in bytes.
     *
     * @param application the factory of the application's mapper
     */
    static JsonFactory factory(JsonFactory application) {
        JsonFactoryBuilder builder = new JsonFactoryBuilder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .configure(
                        StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN,
                        application.isEnabled(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN))
                .streamReadConstraints(constraints());
        JacksonVersion.writeEmojiAsBytes(builder);
        for (JsonWriteFeature feature : CHOICES) {
            builder.configure(feature, application.isEnabled(feature.mappedFeature()));
        }
        if (application.getCharacterEscapes() != null) {
            builder.characterEscapes(application.getCharacterEscapes());
        }
        return new Factory(builder);
    }

    private static StreamReadConstraints constraints() {
        StreamReadConstraints.Builder constraints = StreamReadConstraints.builder()
                .maxNestingDepth(JsonCursor.HIGHEST_DEPTH)
                .maxNumberLength(JsonCursor.HIGHEST_NUMBER_LENGTH);
        JacksonVersion.allowLongNames(constraints);
        return constraints.build();
    }

    /** Makes generators that write NaN and infinite numbers as null. */
    private static final class Factory extends JsonFactory {

        private static final long serialVersionUID = 1;

        Factory(JsonFactoryBuilder builder) {
            super(builder);
        }

        @Override
        protected JsonGenerator _createUTF8Generator(OutputStream out, IOContext context) {
            Generator generator = new Generator(context, _generatorFeatures, _objectCodec, out, _quoteChar);
            if (_characterEscapes != null) {
                generator.setCharacterEscapes(_characterEscapes);
            }
            return generator;
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
}
