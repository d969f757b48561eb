package io.scarfall.gateway.internal.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.scarfall.gateway.TokenRefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a token says about its signature: only what is needed to choose among the keys of the server. Other members of the
 * header, such as {@code jwk}, {@code jku}, {@code x5c} and {@code x5u}, are never read.
 *
 * @param algorithm the {@code alg}
 * @param keyId the {@code kid}; null if there is none
 */
record TokenHeader(String algorithm, @Nullable String keyId) {

    /** The most characters of a token. */
    static final int MAX_TOKEN_LENGTH = 8_192;

    private static final int MAX_KEY_ID_LENGTH = 256;
    private static final int MAX_DEPTH = 32;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Reads a signed token (RFC 7515, section 3.1), so strictly that no other text has the same meaning. A token has three
     * parts, each in the one base64url form of its bytes. Header and claims are one JSON object each, without duplicate
     * names.
     *
     * @throws TokenRefusedException if the text is anything else, or requires an extension that is not supported ({@code
     *     crit})
     */
    static TokenHeader read(String token) throws TokenRefusedException {
        if (token.length() > MAX_TOKEN_LENGTH) {
            throw TokenRefusedException.invalid();
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw TokenRefusedException.invalid();
        }
        JsonNode header = object(bytes(parts[0]));
        object(bytes(parts[1]));
        bytes(parts[2]);
        JsonNode algorithm = header.path("alg");
        JsonNode keyId = header.get("kid");
        if (!algorithm.isTextual() || header.has("crit") || header.has("b64") || header.has("zip")) {
            throw TokenRefusedException.invalid();
        }
        if (keyId == null) {
            return new TokenHeader(algorithm.textValue(), null);
        }
        if (!keyId.isTextual() || keyId.textValue().length() > MAX_KEY_ID_LENGTH) {
            throw TokenRefusedException.invalid();
        }
        return new TokenHeader(algorithm.textValue(), keyId.textValue());
    }

    private static byte[] bytes(String part) throws TokenRefusedException {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            // no padding, and no unused bits set in the last character
            if (bytes.length > 0
                    && Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(bytes)
                            .equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) { // the message quotes the text
            throw TokenRefusedException.invalid();
        }
        throw TokenRefusedException.invalid();
    }

    private static JsonNode object(byte[] utf8) throws TokenRefusedException {
        try {
            JsonNode json = JSON.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
            if (json.isObject()) {
                return json;
            }
        } catch (CharacterCodingException | JsonProcessingException e) {
            throw TokenRefusedException.invalid();
        }
        throw TokenRefusedException.invalid();
    }
}
