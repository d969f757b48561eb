package io.scarfall.gateway.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.TokenVerifier;
import io.scarfall.gateway.internal.auth.BadTokens.BadToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtVerifierTest {
    private static final String SECRET = Issuer.SECRET;
    private static final Instant NOW = Instant.ofEpochSecond(BadTokens.NOW);
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String HS256 = "{'alg':'HS256','typ':'JWT'}";
    private static final String GOOD = BadTokens.GOOD;

    private final TokenVerifier verifier = trusting(Issuer.hs256());

    private static final List<Issuer> ISSUERS = List.of(
            Issuer.hs256(),
            Issuer.of(JwtAlgorithm.RS256),
            Issuer.of(JwtAlgorithm.ES256),
            Issuer.of(JwtAlgorithm.EDDSA));

    private static Stream<Issuer> issuers() {
        return ISSUERS.stream();
    }

    private static TokenVerifier trusting(Issuer issuer) {
        return trusting(issuer, TokenConfig.DEFAULT);
    }

    private static TokenVerifier trusting(Issuer issuer, TokenConfig config) {
        return switch (issuer.algorithm) {
            case "HS256" -> JwtVerifier.bySecret(SECRET, config, CLOCK);
            case "EdDSA" -> JwtVerifier.byPublicKey(JwtAlgorithm.EDDSA, issuer.pem(), config, CLOCK);
            default -> JwtVerifier.byPublicKey(JwtAlgorithm.valueOf(issuer.algorithm), issuer.pem(), config, CLOCK);
        };
    }

    /** One test for all, because separate tests would be thousands. */
    @ParameterizedTest
    @MethodSource("issuers")
    void refusesBadTokens(Issuer issuer) {
        TokenVerifier verifier = trusting(issuer);
        List<BadToken> tokens = BadTokens.of(issuer, "http://127.0.0.1:9");

        assertThat(tokens).hasSizeGreaterThan(150).extracting(BadToken::what).doesNotHaveDuplicates();
        assertThat(tokens).extracting(BadToken::token).doesNotContain(issuer.sign(GOOD));
        assertThat(tokens).allSatisfy(bad -> {
            TokenRefusedException refusal = refusal(verifier, bad.token());
            assertThat(refusal.code()).isEqualTo(bad.code());
            assertThat(refusal.retry()).isEqualTo(bad.code().equals(TokenRefusedException.NOT_YET_VALID));
            if (bad.code().equals(TokenRefusedException.INVALID)) {
                assertThat(refusal)
                        .hasMessageMatching("the token (is (invalid|malformed)|has no (exp|sub|iss|aud))"
                                + "|the token's (exp|nbf|iat|sub|iss|aud) is [a-z, ]+");
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'sub':'alice'}                                          | the token has no exp",
                "{'sub':'alice','exp':null}                               | the token has no exp",
                "{'exp':1800000060}                                       | the token has no sub",
                "{'sub':null,'exp':1800000060}                            | the token has no sub",
                "{'sub':true,'exp':1800000060}                            | the token's sub is neither a string nor an integer",
                "{'sub':4.2,'exp':1800000060}                             | the token's sub is neither a string nor an integer",
                "{'sub':'','exp':1800000060}                              | the token's sub is empty, too long or has a control character",
                "{'sub':'alice','exp':'secret'}                           | the token's exp is not a time in seconds",
                "{'sub':'alice','exp':1800000060,'nbf':'secret'}          | the token's nbf is not a time in seconds",
                "{'sub':'alice','exp':1800000060,'iat':['secret']}        | the token's iat is not a time in seconds",
                "{'sub':'alice','exp':1800000060,'iss':'secret'}          | the token's iss is not accepted",
                "{'sub':'alice','exp':1800000060,'iat':1800000030}        | the token is not valid yet: its iat is in the future",
                "{'sub':'alice','exp':1800000060,'nbf':1800000030}        | the token is not valid yet: its nbf is in the future",
            })
    void namesTheClaimAndNeverItsValue(String claims, String words) {
        TokenConfig config = claims.contains("'iss'")
                ? new TokenConfig(List.of("https://a.example"), List.of(), Duration.ofSeconds(5), Duration.ZERO)
                : TokenConfig.DEFAULT;
        assertThat(refusal(trusting(Issuer.hs256(), config), Issuer.hs256().sign(claims)))
                .hasMessage(words);
    }

    @ParameterizedTest
    @CsvSource({"42, 42", "-7, -7", "-0, 0", "12345678901234567890123, 12345678901234567890123"})
    void anIntegerIdCountsAsItsDecimalString(String number, String id) {
        Identity identity = identity(
                trusting(Issuer.hs256()),
                Issuer.hs256().sign("{'sub':" + number + ",'jti':" + number + ",'exp':1800000060}"));
        assertThat(identity.userId()).isEqualTo(id);
        assertThat(identity.tokenId()).isEqualTo(id);
    }

    /** The rules of a key are created once and must not keep the time of their creation. */
    @Test
    void anAcceptedTokenIsRefusedAfterItsExpiry() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return now.get();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        TokenVerifier verifier = JwtVerifier.bySecret(SECRET, TokenConfig.DEFAULT, clock);
        String token = Issuer.hs256().sign(GOOD);
        assertThat(verifier.verify(token).toCompletableFuture().get().userId()).isNotEmpty();
        now.set(NOW.plus(Duration.ofDays(10_000)));
        assertThat(refusal(verifier, token).code()).isEqualTo(TokenRefusedException.EXPIRED);
        now.set(NOW);
        assertThat(verifier.verify(token).toCompletableFuture().get().userId()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void acceptsGoodTokensOfEveryAlgorithm(Issuer issuer) {
        TokenVerifier verifier = trusting(issuer);

        for (int i = 0; i < 20; i++) { // ECDSA signatures differ each time, including their length
            assertThat(identity(verifier, issuer.sign(GOOD)).userId()).isEqualTo("alice");
        }
        // names the only key, and links to others, which the verifier ignores
        for (String member : List.of("'kid':'x'", "'jku':'http://127.0.0.1:9/'", "'typ':'at+jwt'", "'x5t':'AAAA'")) {
            assertThat(identity(verifier, issuer.sign("{'alg':'" + issuer.algorithm + "'," + member + "}", GOOD))
                            .userId())
                    .isEqualTo("alice");
        }
        assertThat(identity(verifier, issuer.sign("{'sub':'alice','exp':1800000060.5}"))
                        .expiresAt())
                .isEqualTo(NOW.plusSeconds(65));
    }

    @Test
    void acceptsBothNamesOfEd25519() {
        Issuer issuer = Issuer.of(JwtAlgorithm.EDDSA);

        assertThat(identity(trusting(issuer), issuer.sign("{'alg':'Ed25519'}", GOOD))
                        .userId())
                .isEqualTo("alice");
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void checksIssuerAndAudience(Issuer issuer) {
        TokenConfig config = new TokenConfig(List.of("one", "two"), List.of("a", "b"), Duration.ZERO, Duration.ZERO);
        TokenVerifier verifier = trusting(issuer, config);

        for (String good :
                List.of("'iss':'one','aud':'a'", "'iss':'two','aud':['x','b']", "'aud':['a','b'],'iss':'one'")) {
            assertThat(identity(verifier, issuer.sign("{'sub':'alice','exp':1800000060," + good + "}"))
                            .userId())
                    .isEqualTo("alice");
        }
        for (String bad : List.of(
                "'x':1",
                "'iss':'one'",
                "'aud':'a'",
                "'iss':'three','aud':'a'",
                "'iss':'One','aud':'a'",
                "'iss':['one'],'aud':'a'",
                "'iss':null,'aud':'a'",
                "'iss':'one','aud':'c'",
                "'iss':'one','aud':'a b'",
                "'iss':'one','aud':[]",
                "'iss':'one','aud':null",
                "'iss':'one','aud':{'a':'a'}",
                "'iss':'one','aud':[['a']]")) {
            assertThat(refusal(verifier, issuer.sign("{'sub':'alice','exp':1800000060," + bad + "}"))
                            .code())
                    .as(bad)
                    .isEqualTo(TokenRefusedException.INVALID);
        }
    }

    @Test
    void marksErrorsThatTimeChangesAsRetryable() {
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
    void toleratesClockSkew() {
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':1799999998}")).userId())
                .isEqualTo("alice");
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':1800000060,'nbf':1800000004,'iat':1800000004}"))
                        .userId())
                .isEqualTo("alice");
    }

    @Test
    void readsTheClaims() {
        String claims =
                "{'sub':'Zoë 7','exp':1800000060,'iat':1799999999,'email':'zoe@example.com','deviceInfo':'phone','jti':'a7'}";

        assertThat(identity(sign(HS256, claims)))
                .isEqualTo(new Identity(
                        "Zoë 7",
                        "zoe@example.com",
                        "phone",
                        NOW.plusSeconds(65),
                        Instant.ofEpochSecond(1_799_999_999),
                        "a7"));
        assertThat(identity(sign(HS256, GOOD))).isEqualTo(new Identity("alice", null, null, NOW.plusSeconds(65)));
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':1800000060,'deviceInfo':{'os':'x'}}"))
                        .deviceInfo())
                .isEqualTo("{\"os\":\"x\"}");
        assertThat(identity(sign(HS256, "{'sub':'" + "x".repeat(512) + "','exp':1800000060}"))
                        .userId())
                .hasSize(512);
    }

    @Test
    void neverExpiresTokensThatLastBeyondTheYear9999() {
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':31556889864403199}"))
                        .expiresAt())
                .isEqualTo(Instant.MAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'email':7",
                "'email':{}",
                "'email':null",
                "'email':'\\ud800'",
                "'deviceInfo':null",
                "'jti':7.5",
                "'jti':''",
                "'jti':' '"
            })
    void ignoresOptionalClaimsThatAreMalformed(String claim) {
        assertThat(identity(sign(HS256, "{'sub':'alice','exp':1800000060," + claim + "}")))
                .isEqualTo(new Identity("alice", null, null, NOW.plusSeconds(65)));
    }

    @Test
    void ignoresOptionalClaimsThatAreTooLong() {
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
                .isThrownBy(() -> JwtVerifier.bySecret(secret, TokenConfig.DEFAULT, CLOCK))
                .withMessageStartingWith("jwtSecret: ")
                .satisfies(e -> assertThat(secret.isEmpty() || !e.getMessage().contains(secret))
                        .isTrue());
    }

    @Test
    void refusesValuesOutOfRange() {
        assertThatCode(() -> config(Duration.ofSeconds(60), Duration.ZERO)).doesNotThrowAnyException();
        assertThatIllegalArgumentException().isThrownBy(() -> config(Duration.ofSeconds(61), Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> config(Duration.ofSeconds(-1), Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> config(Duration.ofMillis(1500), Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> config(Duration.ZERO, Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenConfig(List.of(" "), List.of(), Duration.ZERO, Duration.ZERO))
                .withMessageStartingWith("jwtIssuer: ");
    }

    private static TokenConfig config(Duration skew, Duration warning) {
        return new TokenConfig(List.of(), List.of(), skew, warning);
    }

    @Test
    void revealsNoSecret() {
        String token = sign(HS256, "{'sub':'alice','exp':1800000060,'email':'a@example.com'}");

        assertThat(verifier.toString()).doesNotContain(SECRET);
        assertThat(identity(token).toString()).isEqualTo("Identity[alice]");
        assertThat(refusal(token + "x").toString()).doesNotContain(token.substring(0, 20));
    }

    private Identity identity(String token) {
        return identity(verifier, token);
    }

    private static Identity identity(TokenVerifier verifier, String token) {
        return verifier.verify(token).toCompletableFuture().join();
    }

    private TokenRefusedException refusal(String token) {
        return refusal(verifier, token);
    }

    private static TokenRefusedException refusal(TokenVerifier verifier, String token) {
        try {
            identity(verifier, token);
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(TokenRefusedException.class);
            return (TokenRefusedException) e.getCause();
        }
        throw new AssertionError("the token was accepted");
    }

    private static String sign(String header, String claims) {
        return Issuer.hs256().sign(header, claims);
    }
}
