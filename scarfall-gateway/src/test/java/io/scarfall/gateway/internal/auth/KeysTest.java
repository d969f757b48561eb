package io.scarfall.gateway.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.JwtAlgorithm;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys that are accepted, as PEM and in key sets. */
class KeysTest {
    /** P-256, self-signed. It has expired, which does not matter. */
    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBhzCCAS2gAwIBAgIUWY3wOjjeFjLoVm0c1meIE5MFz+wwCgYIKoZIzj0EAwIw
            GTEXMBUGA1UEAwwOaXNzdWVyLmV4YW1wbGUwHhcNMjYxMTIzMDIzNTU4WhcNMjYx
            MTI0MDIzNTU4WjAZMRcwFQYDVQQDDA5pc3N1ZXIuZXhhbXBsZTBZMBMGByqGSM49
            AgEGCCqGSM49AwEHA0IABJgFIPuI2XSvimvD2EGWMt6+BTRGDoNkheBPiKG/P3P5
            3nIhU2rvxsVo6qmkE8Y52G2A/Pea1TlDiJkRJfwYZGmjUzBRMB0GA1UdDgQWBBQU
            PQuDwVLQpczo0XPfTVQDxTf4MzAfBgNVHSMEGDAWgBQUPQuDwVLQpczo0XPfTVQD
            xTf4MzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQD+Gnk2v7D7
            iWemGaoelVTo80tioZDh7z3qdWtmFUni5AIgRj5zP68UMyvRVRLkQf1/Y6xfHr/u
            5zyaJjmqvSwFduc=
            -----END CERTIFICATE-----
            """;

    private static final Issuer RSA = Issuer.of(JwtAlgorithm.RS256);
    private static final Issuer P256 = Issuer.of(JwtAlgorithm.ES256);
    private static final Issuer ED25519 = Issuer.of(JwtAlgorithm.EDDSA);

    @ParameterizedTest
    @EnumSource
    void readsPublicKeys(JwtAlgorithm algorithm) {
        Issuer issuer = issuer(algorithm);
        int names = algorithm.names().size();

        assertThat(Pem.keys(algorithm, issuer.pem())).hasSize(names);
        assertThat(Pem.keys(algorithm, "a comment\n" + issuer.pem().replace("\n", "\r\n") + issuer.pem()))
                .hasSize(2 * names);
        assertThat(Pem.keys(algorithm, issuer.pem()).toString())
                .doesNotContain("BEGIN")
                .hasSizeLessThan(80);
    }

    private static Issuer issuer(JwtAlgorithm algorithm) {
        return switch (algorithm) {
            case RS256 -> RSA;
            case ES256 -> P256;
            case EDDSA -> ED25519;
        };
    }

    @Test
    void readsCertificates() {
        assertThat(Pem.keys(JwtAlgorithm.ES256, CERTIFICATE)).hasSize(1);
    }

    @Test
    void refusesWeakAndUnsupportedKeys() {
        assertRefused(JwtAlgorithm.RS256, Issuer.rsa(1024).pem(), "RSA key of 1024 bits");
        assertRefused(JwtAlgorithm.RS256, P256.pem(), "malformed");
        assertRefused(JwtAlgorithm.RS256, ED25519.pem(), "malformed");
        assertRefused(JwtAlgorithm.RS256, CERTIFICATE, "key for EC (expected: RSA)");
        assertRefused(JwtAlgorithm.RS256, pem(Issuer.pair("RSASSA-PSS")), "malformed");
        assertRefused(JwtAlgorithm.ES256, RSA.pem(), "malformed");
        assertRefused(JwtAlgorithm.ES256, pem(Issuer.ec("secp384r1")), "EC key of another curve");
        assertRefused(JwtAlgorithm.EDDSA, RSA.pem(), "malformed");
        assertRefused(JwtAlgorithm.EDDSA, pem(Issuer.pair("Ed448")), "malformed");
        assertRefused(JwtAlgorithm.EDDSA, pem(Issuer.pair("X25519")), "malformed");
    }

    private static String pem(KeyPair keys) {
        return Issuer.pem("PUBLIC KEY", keys.getPublic().getEncoded());
    }

    @Test
    void refusesInputThatIsNoPublicKey() {
        byte[] privateKey = RSA.keys.getPrivate().getEncoded();

        assertRefused(JwtAlgorithm.RS256, "", "not a PEM text");
        assertRefused(JwtAlgorithm.RS256, "x".repeat(65_537), "not a PEM text");
        assertRefused(JwtAlgorithm.RS256, RSA.pem().replace("-----END", "-----ENDE"), "not a PEM text");
        assertRefused(JwtAlgorithm.RS256, Issuer.pem("PRIVATE KEY", privateKey), "PRIVATE KEY");
        assertRefused(JwtAlgorithm.RS256, Issuer.pem("PUBLIC KEY", privateKey), "malformed");
        assertRefused(JwtAlgorithm.RS256, Issuer.pem("PUBLIC KEY", new byte[0]), "malformed");
        assertRefused(JwtAlgorithm.RS256, Issuer.pem("CERTIFICATE", new byte[9]), "malformed");
        assertRefused(JwtAlgorithm.RS256, RSA.pem().repeat(5), "more than 4 keys");
        assertRefused(JwtAlgorithm.RS256, RSA.pem() + P256.pem(), "malformed");
    }

    private static void assertRefused(JwtAlgorithm algorithm, String pem, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.keys(algorithm, pem))
                .withMessageStartingWith("jwtPublicKey: " + message)
                .withMessageContaining("(expected: ")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(160));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "'kid':'a',",
                "'kid':'a','use':'sig',",
                "'key_ops':['verify'],",
                "'key_ops':['sign','verify'],'x5c':['AAAA'],'unknown':{'x':1},"
            })
    void readsKeySets(String members) throws IOException {
        assertThat(names(RSA.jwk(members), P256.jwk(members), ED25519.jwk(members)))
                .containsExactly("RS256", "ES256", "EdDSA", "Ed25519");
        assertThat(names(
                        RSA.jwk("'alg':'RS256'," + members),
                        P256.jwk("'alg':'ES256'," + members),
                        ED25519.jwk("'alg':'EdDSA'," + members),
                        ED25519.jwk("'alg':'Ed25519'," + members)))
                .hasSize(6);
    }

    /** Each is next to a good key, which stays valid. */
    @Test
    void ignoresUnusableKeys() throws IOException {
        KeyPair p384 = Issuer.ec("secp384r1");
        for (String jwk : List.of(
                "null",
                "1",
                "'x'",
                "[]",
                "{}",
                "{'kty':1}",
                "{'kty':'oct','k':'" + "A".repeat(43) + "','alg':'HS256'}",
                "{'kty':'oct','k':'" + "A".repeat(43) + "','alg':'RS256'}",
                "{'kty':'RSA'}",
                "{'kty':'RSA','n':1,'e':'AQAB'}",
                "{'kty':'RSA','n':'%%','e':'AQAB'}",
                "{'kty':'RSA','n':'','e':''}",
                Issuer.rsa(1024).jwk(""),
                RSA.jwk("").replace("'e':'AQAB'", "'e':'AQ'"),
                RSA.jwk("'alg':'RS512',"),
                RSA.jwk("'alg':'PS256',"),
                RSA.jwk("'alg':'RSA-OAEP',"),
                RSA.jwk("'alg':'ES256',"),
                RSA.jwk("'alg':'HS256',"),
                RSA.jwk("'alg':'none',"),
                RSA.jwk("'alg':null,"),
                RSA.jwk("'use':'enc',"),
                RSA.jwk("'use':1,"),
                RSA.jwk("'key_ops':['encrypt'],"),
                RSA.jwk("'key_ops':[],"),
                RSA.jwk("'key_ops':'verify',"),
                RSA.jwk("'kid':1,"),
                RSA.jwk("'d':'AAAA',"),
                RSA.jwk("").replace("'RSA'", "'EC'"),
                RSA.jwk("").replace("'RSA'", "'rsa'"),
                "{'kty':'EC','crv':'P-256'}",
                Issuer.jwk(p384.getPublic(), ""),
                Issuer.jwk(p384.getPublic(), "").replace("P-384", "P-256"),
                P256.jwk("").replace("P-256", "secp256k1"),
                P256.jwk("'alg':'ES384',"),
                offCurve(),
                "{'kty':'EC','crv':'P-256','x':'AA','y':'AA'}",
                "{'kty':'EC','crv':'P-256','x':'','y':''}",
                "{'kty':'OKP','crv':'Ed25519','x':'AAAA'}",
                ED25519.jwk("").replace("Ed25519", "X25519"),
                ED25519.jwk("").replace("Ed25519", "Ed448"),
                ED25519.jwk("'alg':'ES256',"))) {
            assertThat(names(jwk, P256.jwk("'kid':'good',"))).as(jwk).containsExactly("ES256");
        }
    }

    private static String offCurve() {
        ECPublicKey key = (ECPublicKey) P256.keys.getPublic();
        String x = Issuer.base64(Issuer.fixed(key.getW().getAffineX(), 32));
        return "{'kty':'EC','crv':'P-256','x':'" + x + "','y':'" + x + "'}";
    }

    @Test
    void acceptsOnlyKeysForTheConfiguredAlgorithms() throws IOException {
        String set = "{'keys':[" + RSA.jwk("") + "," + P256.jwk("") + "," + ED25519.jwk("") + "]}";

        assertThat(JwkSet.read(bytes(set), Set.of(JwtAlgorithm.RS256)))
                .extracting(key -> key.algorithm().getName())
                .containsExactly("RS256");
    }

    @Test
    void readsAtMostAHundredKeys() throws IOException {
        String[] jwks = new String[101];
        for (int i = 0; i < jwks.length; i++) {
            jwks[i] = P256.jwk("'kid':'" + i + "',");
        }
        try (CapturedLog log = new CapturedLog("io.scarfall.gateway.internal.auth")) {
            assertThat(names(jwks)).hasSize(100);
            log.expect("keys beyond the first 100 ignored");
        }
    }

    private static List<String> names(String... jwks) throws IOException {
        return JwkSet.read(bytes("{'keys':[" + String.join(",", jwks) + "]}"), EnumSet.allOf(JwtAlgorithm.class))
                .stream()
                .map(key -> key.algorithm().getName())
                .toList();
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://issuer.example/keys",
                "ftp://issuer.example/keys",
                "file:///etc/keys",
                "/keys",
                "https:keys",
                "https://user:hunter2@issuer.example/keys",
                "http://localhost.example/keys",
                "http://127.0.0.1.example/keys",
                "http://10.0.0.1/keys"
            })
    void fetchesKeysOverHttpsOnly(String uri) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwksConfig.of(URI.create(uri), JwtAlgorithm.RS256))
                .withMessageStartingWith("jwks: ")
                .withMessageContaining("(expected: https")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://issuer.example/keys?key=hidden",
                "HTTPS://issuer.example",
                "http://localhost:80/keys",
                "http://127.1.2.3/keys",
                "http://[::1]:8080/keys"
            })
    void fetchesKeysOfThisMachineOverHttpToo(String uri) {
        assertThatCode(() -> JwksConfig.of(URI.create(uri), JwtAlgorithm.RS256)).doesNotThrowAnyException();
        assertThat(JwksConfig.of(URI.create(uri), JwtAlgorithm.RS256).toString())
                .doesNotContain("hidden");
    }

    @Test
    void refusesTimesOutOfRange() {
        Duration second = Duration.ofSeconds(1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JwksConfig.of(URI.create("https://issuer.example")))
                .withMessageStartingWith("jwks: no algorithm");
        assertTimesRefused("lifetime: ", Duration.ZERO, second, second, second);
        assertTimesRefused("staleLifetime: ", second, Duration.ZERO, second, second);
        assertTimesRefused("refreshInterval: ", second, second, Duration.ZERO, second);
        assertTimesRefused("timeout: ", second, second, second, Duration.ZERO);
        assertTimesRefused("timeout: ", second, second, second, Duration.ofSeconds(31));
    }

    private static void assertTimesRefused(
            String message, Duration lifetime, Duration stale, Duration interval, Duration timeout) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JwksConfig(
                        URI.create("https://issuer.example"),
                        Set.of(JwtAlgorithm.RS256),
                        lifetime,
                        stale,
                        interval,
                        timeout,
                        Duration.ZERO))
                .withMessageStartingWith(message);
    }
}
