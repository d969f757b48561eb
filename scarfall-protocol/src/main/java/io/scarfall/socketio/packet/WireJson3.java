package io.scarfall.socketio.packet;

import io.scarfall.socketio.internal.json.JsonCursor;
import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.json.UTF8JsonGenerator;

/** Makes the parsers and generators of {@link Jackson3Codec}, as {@link WireJson} does for Jackson 2. */
final class WireJson3 {

    private WireJson3() {}

    /** Makes a factory. The features of the application's mapper come with the context of each call. */
    static JsonFactory factory() {
        return new Factory(JsonFactory.builder()
                .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(JsonCursor.HIGHEST_DEPTH)
                        .maxNumberLength(JsonCursor.HIGHEST_NUMBER_LENGTH)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build()));
    }

    /** Makes generators that write NaN and infinite numbers as null, and valid JSON whatever the features are. */
    private static final class Factory extends JsonFactory {

        private static final long serialVersionUID = 1;

        Factory(JsonFactoryBuilder builder) {
            super(builder);
        }

        @Override
        protected JsonGenerator _createUTF8Generator(ObjectWriteContext context, IOContext io, OutputStream out) {
            return new Generator(
                    context,
                    io,
                    context.getStreamWriteFeatures(_streamWriteFeatures),
                    context.getFormatWriteFeatures(_formatWriteFeatures)
                            | JsonWriteFeature.QUOTE_PROPERTY_NAMES.getMask(),
                    out);
        }
    }

    /** As the generator of {@link WireJson}. */
    private static final class Generator extends UTF8JsonGenerator {

        Generator(ObjectWriteContext context, IOContext io, int streamFeatures, int formatFeatures, OutputStream out) {
            super(
                    context,
                    io,
                    streamFeatures,
                    formatFeatures,
                    out,
                    JsonFactory.DEFAULT_ROOT_VALUE_SEPARATOR,
                    context.getCharacterEscapes(),
                    null,
                    0,
                    JsonFactory.DEFAULT_QUOTE_CHAR);
        }

        @Override
        public JsonGenerator writeNumber(double value) {
            return Double.isFinite(value) ? super.writeNumber(value) : writeNull();
        }

        @Override
        public JsonGenerator writeNumber(float value) {
            return Float.isFinite(value) ? super.writeNumber(value) : writeNull();
        }
    }
}
