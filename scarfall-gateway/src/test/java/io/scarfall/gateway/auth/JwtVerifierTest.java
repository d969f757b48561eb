package io.scarfall.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtVerifierTest {
    private static final String SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final String HS256 = "{'alg':'HS256','typ':'JWT'}";
    private static final String GOOD = "{'sub':'alice','exp':1800000060}";

    private final TokenVerifier verifier =
            new JwtVerifier(SECRET, Duration.ofSeconds(5), 128, Clock.fixed(NOW, ZoneOffset.UTC));

    private static Stream<Arguments> invalid() throws GeneralSecurityException {
        String good = sign(HS256, GOOD);
        String head = good.substring(0, good.lastIndexOf('.') + 1);
        String signature = good.substring(head.length());
        return Stream.of(
                Arguments.of("nothing", ""),
                Arguments.of("white space", " "),
                Arguments.of("no token", "alice"),
                Arguments.of("two parts", "a.b"),
                Arguments.of("four parts", good + ".x"),
                Arguments.of("empty parts", ".."),
                Arguments.of("not base64", "ä.ö.ü"),
                Arguments.of("white space in front", " " + good),
                Arguments.of("line break behind", good + "\n"),
                Arguments.of(
                        "too long", sign(HS256, "{'sub':'alice','exp':1800000060,'x':'" + "x".repeat(8192) + "'}")),
                Arguments.of("no signature", head),
                Arguments.of("short signature", good.substring(0, good.length() - 4)),
                Arguments.of(
                        "changed signature", head + (signature.charAt(0) == 'A' ? 'B' : 'A') + signature.substring(1)),
                Arguments.of("padded signature", good + "="),
                Arguments.of("signature of another spelling", head + respelled(signature)),
                Arguments.of("other secret", sign("HmacSHA256", "another secret of thirty-two bytes", HS256, GOOD)),
                Arguments.of(
                        "changed claims", part(HS256) + "." + part(GOOD.replace("alice", "bob")) + "." + signature),
                Arguments.of("none", part("{'alg':'none'}") + "." + part(GOOD) + "."),
                Arguments.of("None, signed", sign("{'alg':'None'}", GOOD)),
                Arguments.of("nONE", part("{'alg':'nONE'}") + "." + part(GOOD) + "." + signature),
                Arguments.of("empty alg", sign("{'alg':''}", GOOD)),
                Arguments.of("no alg", sign("{'typ':'JWT'}", GOOD)),
                Arguments.of("alg in lower case", sign("{'alg':'hs256'}", GOOD)),
                Arguments.of("alg of another kind", sign("{'alg':1}", GOOD)),
                Arguments.of("alg RS256, signed by HS256", sign("{'alg':'RS256'}", GOOD)),
                Arguments.of("HS384", sign("HmacSHA384", SECRET, "{'alg':'HS384'}", GOOD)),
                Arguments.of("HS512", sign("HmacSHA512", SECRET, "{'alg':'HS512'}", GOOD)),
                Arguments.of(
                        "own key in jwk",
                        sign("HmacSHA256", "attacker", "{'alg':'HS256','jwk':{'kty':'oct','k':'YXR0YWNrZXI'}}", GOOD)),
                Arguments.of(
                        "own key in jku",
                        sign("HmacSHA256", "attacker", "{'alg':'HS256','jku':'https://evil/keys'}", GOOD)),
                Arguments.of("kid that is a path", sign("HmacSHA256", "", "{'alg':'HS256','kid':'/dev/null'}", GOOD)),
                Arguments.of("crit", sign("{'alg':'HS256','crit':['b64'],'b64':true}", GOOD)),
                Arguments.of("crit of another kind", sign("{'alg':'HS256','crit':null}", GOOD)),
                Arguments.of("header is no object", sign("[]", GOOD)),
                Arguments.of("claims are no object", sign(HS256, "[]")),
                Arguments.of("claims are a string", sign(HS256, "'alice'")),
                Arguments.of("claims are null", sign(HS256, "null")),
                Arguments.of("claims are no JSON", sign(HS256, "{")),
                Arguments.of("no exp", sign(HS256, "{'sub':'alice'}")),
                Arguments.of("exp null", sign(HS256, "{'sub':'alice','exp':null}")),
                Arguments.of("exp is a string", sign(HS256, "{'sub':'alice','exp':'1800000060'}")),
                Arguments.of("exp is a word", sign(HS256, "{'sub':'alice','exp':'never'}")),
                Arguments.of("exp is true", sign(HS256, "{'sub':'alice','exp':true}")),
                Arguments.of("exp is an array", sign(HS256, "{'sub':'alice','exp':[1800000060]}")),
                Arguments.of("exp is NaN", sign(HS256, "{'sub':'alice','exp':NaN}")),
                Arguments.of("exp beyond all times", sign(HS256, "{'sub':'alice','exp':1e400}")),
                Arguments.of("exp beyond a long", sign(HS256, "{'sub':'alice','exp':99999999999999999999}")),
                Arguments.of("exp beyond an instant", sign(HS256, "{'sub':'alice','exp':9223372036854775807}")),
                Arguments.of("iat in the future", sign(HS256, "{'sub':'alice','exp':1800000060,'iat':1800000030}")),
                Arguments.of("iat is a word", sign(HS256, "{'sub':'alice','exp':1800000060,'iat':'today'}")),
                Arguments.of("nbf is a word", sign(HS256, "{'sub':'alice','exp':1800000060,'nbf':'today'}")),
                Arguments.of("no sub", sign(HS256, "{'exp':1800000060}")),
                Arguments.of("sub null", sign(HS256, "{'sub':null,'exp':1800000060}")),
                Arguments.of("sub empty", sign(HS256, "{'sub':'','exp':1800000060}")),
                Arguments.of("sub is a number", sign(HS256, "{'sub':1,'exp':1800000060}")),
                Arguments.of("sub is an object", sign(HS256, "{'sub':{'id':'alice'},'exp':1800000060}")),
                Arguments.of("sub is an array", sign(HS256, "{'sub':['alice'],'exp':1800000060}")),
                Arguments.of("sub is true", sign(HS256, "{'sub':true,'exp':1800000060}")),
                Arguments.of("sub too long", sign(HS256, "{'sub':'" + "x".repeat(129) + "','exp':1800000060}")),
                Arguments.of("sub with a line break", sign(HS256, "{'sub':'a\\nb','exp':1800000060}")),
                Arguments.of("sub with a zero", sign(HS256, "{'sub':'a\\u0000b','exp':1800000060}")),
                Arguments.of("sub with DEL", sign(HS256, "{'sub':'a\\u007fb','exp':1800000060}")),
                Arguments.of("sub with a C1 control", sign(HS256, "{'sub':'a\\u0085b','exp':1800000060}")),
                Arguments.of("sub with half a character", sign(HS256, "{'sub':'a\\ud800','exp':1800000060}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalid")
    void refusesWhatIsNoGoodToken(String what, String token) {
        TokenRefusedException refusal = refusal(token);

        assertThat(refusal.code()).isEqualTo(TokenRefusedException.INVALID);
        assertThat(refusal.retry()).isFalse();
        assertThat(refusal).hasMessage("the token is invalid");
    }

    @Test
    void saysWhatTimeChanges() throws GeneralSecurityException {
        TokenRefusedException expired = refusal(sign(HS256, "{'sub':'alice','exp':1799999990}"));
        TokenRefusedException early = refusal(sign(HS256, "{'sub':'alice','exp':1800000060,'nbf':1800000010}"));
        TokenRefusedException longAgo = refusal(sign(HS256, "{'sub':'alice','exp':-1}"));

        assertThat(expired.code()).isEqualTo(TokenRefusedException.EXPIRED);
        assertThat(expired.retry()).isFalse();
        assertThat(early.code()).isEqualTo(TokenRefusedException.NOT_YET_VALID);
        assertThat(early.retry()).isTrue();
        assertThat(longAgo.code()).isEqualTo(TokenRefusedException.EXPIRED);
    }

    @Test
    void allowsForClocksThatDiffer() throws GeneralSecurityException {
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':1799999998}")).userId())
                .isEqualTo("alice");
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':1800000060,'nbf':1800000004,'iat':1800000004}"))
                        .userId())
                .isEqualTo("alice");
    }

    @Test
    void readsTheClaims() throws GeneralSecurityException {
        String claims =
                "{'sub':'Zoë 7','exp':1800000060,'iat':1799999999,'email':'zoe@example.com','deviceInfo':'phone'}";

        assertThat(identity(sign(HS256, claims)))
                .isEqualTo(new Identity("Zoë 7", "zoe@example.com", "phone", NOW.plusSeconds(65)));
        assertThat(identity(sign(HS256, GOOD))).isEqualTo(new Identity("alice", null, null, NOW.plusSeconds(65)));
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':1800000060,'deviceInfo':{'os':'x'}}"))
                        .deviceInfo())
                .isEqualTo("{\"os\":\"x\"}");
        assertThat(identity(sign(HS256, "{'sub':'" + "x".repeat(128) + "','exp':1800000060}"))
                        .userId())
                .hasSize(128);
    }

    @Test
    void neverEndsWhatLastsBeyondTheYear9999() throws GeneralSecurityException {
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':31556889864403199}"))
                        .expiresAt())
                .isEqualTo(Instant.MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'email':7", "'email':{}", "'email':null", "'email':'\\ud800'", "'deviceInfo':null"})
    void goesWithoutOptionalClaimsThatAreMalformed(String claim) throws GeneralSecurityException {
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':1800000060," + claim + "}")))
                .isEqualTo(new Identity("alice", null, null, NOW.plusSeconds(65)));
    }

    @Test
    void goesWithoutOptionalClaimsThatAreTooLong() throws GeneralSecurityException {
        String claims = "{'sub':'alice','exp':1800000060,'email':'" + "e".repeat(513) + "','deviceInfo':'"
                + "d".repeat(4097) + "'}";

        assertThat(identity(sign(HS256, claims))).isEqualTo(new Identity("alice", null, null, NOW.plusSeconds(65)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "31 bytes are one byte too few..",
                "your-256-bit-secret-your-256-bit-secret",
                "a-string-secret-at-least-256-bits-long",
                "please-CHANGE-ME-before-you-go-to-production",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "abababababababababababababababababababab"
            })
    void refusesSecretsThatAreShortOrGuessable(String secret) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JwtVerifier(secret))
                .withMessageStartingWith("jwtSecret: ")
                .satisfies(e -> assertThat(secret.isEmpty() || !e.getMessage().contains(secret))
                        .isTrue());
    }

    @Test
    void refusesValuesOutOfRange() {
        Clock clock = Clock.systemUTC();

        assertThatCode(() -> new JwtVerifier(SECRET, Duration.ofSeconds(60), 512, clock))
                .doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JwtVerifier(SECRET, Duration.ofSeconds(61), 128, clock));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JwtVerifier(SECRET, Duration.ofSeconds(-1), 128, clock));
        assertThatIllegalArgumentException().isThrownBy(() -> new JwtVerifier(SECRET, Duration.ZERO, 513, clock));
    }

    @Test
    void tellsNoSecret() throws GeneralSecurityException {
        String token = sign(HS256, "{'sub':'alice','exp':1800000060,'email':'a@example.com'}");

        assertThat(verifier.toString()).doesNotContain(SECRET);
        assertThat(identity(token).toString()).isEqualTo("Identity[alice]");
        assertThat(refusal(token + "x").toString()).doesNotContain(token.substring(0, 20));
    }

    private Identity identity(String token) {
        return verifier.verify(token).toCompletableFuture().join();
    }

    private TokenRefusedException refusal(String token) {
        try {
            identity(token);
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(TokenRefusedException.class);
            return (TokenRefusedException) e.getCause();
        }
        throw new AssertionError("the token was accepted");
    }

    private static String sign(String header, String claims) throws GeneralSecurityException {
        return sign("HmacSHA256", SECRET, header, claims);
    }

    private static String sign(String algorithm, String secret, String header, String claims)
            throws GeneralSecurityException {
        String text = part(header) + "." + part(claims);
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(
                (secret + "\0").getBytes(StandardCharsets.UTF_8), 0, Math.max(1, secret.length()), algorithm));
        return text + "." + base64(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String part(String json) {
        return base64(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Changes bits of the last character that no byte is made of. */
    private static String respelled(String signature) {
        String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = digits.indexOf(signature.charAt(signature.length() - 1));
        return signature.substring(0, signature.length() - 1) + digits.charAt(last ^ 1);
    }
}
