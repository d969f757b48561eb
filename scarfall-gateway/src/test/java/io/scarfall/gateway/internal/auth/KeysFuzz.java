package io.scarfall.gateway.internal.auth;

import com.auth0.jwt.JWT;
import com.auth0.jwt.exceptions.JWTVerificationException;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.ServiceKeys;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;

/**
 * Key sets, PEM keys and service keys. Malformed input is refused as documented, without a part of the input in the error, and every
 * accepted key can verify tokens.
 */
public final class KeysFuzz {

    /** A token with a wrong signature; its algorithm does not matter. */
    private static final String TOKEN = "eyJhbGciOiJub25lIn0.e30." + "A".repeat(86);

    private KeysFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int kind = input.choice(5);
        byte[] data = input.rest();
        String text = new String(data, StandardCharsets.UTF_8);
        Cost.bounded(bytes.length, 50_000, () -> {
            switch (kind) {
                case 0, 1 -> checkSet(data);
                case 2, 3 -> checkPem(text);
                default -> checkServiceKeys(text);
            }
        });
    }

    private static void checkSet(byte[] json) {
        try {
            check(JwkSet.read(json, EnumSet.allOf(JwtAlgorithm.class)));
        } catch (IOException e) {
            assert e.getMessage().length() < 100 : e;
        }
    }

    private static void checkPem(String pem) {
        for (JwtAlgorithm algorithm : JwtAlgorithm.values()) {
            try {
                List<VerificationKey> keys = Pem.keys(algorithm, pem);
                assert !keys.isEmpty();
                check(keys);
            } catch (IllegalArgumentException e) {
                assert e.getMessage().startsWith("jwtPublicKey: ") : e;
            }
        }
    }

    private static void check(List<VerificationKey> keys) {
        for (VerificationKey key : keys) {
            try {
                key.algorithm().verify(JWT.decode(TOKEN));
                throw new AssertionError("accepted a token without a valid signature");
            } catch (JWTVerificationException e) {
                // as expected
            }
        }
    }

    private static void checkServiceKeys(String text) {
        try {
            ServiceKeys keys = ServiceKeys.parse(text);
            assert keys.isEmpty() == text.isBlank();
            assert !keys.matches("", "") && !keys.matches("no such service", text);
            for (String entry : text.split(",")) {
                String[] parts = entry.strip().split(":", 2);
                assert keys.isEmpty() || keys.matches(parts[0], parts[1]);
            }
        } catch (IllegalArgumentException e) {
            assert e.getMessage().startsWith("serviceKeys: ") : e;
        }
    }
}
