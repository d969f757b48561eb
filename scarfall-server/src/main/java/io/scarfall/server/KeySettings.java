package io.scarfall.server;

import io.scarfall.gateway.JwksConfig;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.ServiceKeys;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.internal.auth.JwtVerifier;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How users and services prove who they are.
 *
 * @param keys what verifies users' tokens
 * @param tokens what a token must say
 * @param jwtExpiration how long tokens live that this server makes
 * @param tokenInQuery whether a token in the query string counts
 */
record KeySettings(
        Keys keys, TokenConfig tokens, Duration jwtExpiration, boolean tokenInQuery, ServiceKeys serviceKeys) {

    /** The settings that name the source of keys. */
    private static final List<Setting> SOURCES =
            List.of(Setting.JWT_SECRET, Setting.JWT_PUBLIC_KEY, Setting.JWT_JWKS_URL);

    /** What verifies users' tokens. */
    sealed interface Keys permits Secret, PublicKey, KeySet {}

    /** The secret of HS256. */
    record Secret(String text) implements Keys {

        /** Shows no secret. */
        @Override
        public String toString() {
            return "Secret";
        }
    }

    record PublicKey(JwtAlgorithm algorithm, String pem) implements Keys {}

    record KeySet(JwksConfig jwks) implements Keys {}

    static KeySettings read(SettingReader in) {
        TokenConfig tokens = new TokenConfig(
                in.parsed(Setting.JWT_ISSUER, List.of(), SettingReader::list),
                in.parsed(Setting.JWT_AUDIENCE, List.of(), SettingReader::list),
                skew(in),
                in.duration(Setting.TOKEN_WARNING, Duration.ZERO));
        return new KeySettings(
                keys(in),
                tokens,
                in.duration(Setting.JWT_EXPIRATION, Duration.ofSeconds(1)),
                in.flag(Setting.TOKEN_IN_QUERY),
                in.parsed(Setting.SERVICE_KEYS, ServiceKeys.NONE, ServiceKeys::parse));
    }

    /**
     * Reads only what a token is made of.
     *
     * @param expires how long it lives, instead of {@code JWT_EXPIRATION}; null for that
     * @throws InvalidConfigException if no token can be made; the message names every problem
     */
    static KeySettings forTokens(Map<String, String> environment, @Nullable String file, @Nullable String expires)
            throws InvalidConfigException {
        List<String> problems = new ArrayList<>();
        SettingReader in = new SettingReader(Settings.gather(environment, file, null, problems), problems);
        KeySettings read = read(in);
        Duration lifetime = expires == null
                ? read.jwtExpiration()
                : in.parsed("--expires", expires, Duration.ZERO, text -> SettingReader.duration(text, "s"));
        if (expires != null && lifetime.compareTo(Duration.ofSeconds(1)) < 0 && problems.isEmpty()) {
            problems.add("--expires is " + expires + " (expected: 1 s or more)");
        }
        if (!(read.keys() instanceof Secret)) {
            problems.add(Setting.JWT_SECRET + " is not set (expected: the secret that tokens are signed by)");
        }
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return new KeySettings(read.keys(), read.tokens(), lifetime, read.tokenInQuery(), read.serviceKeys());
    }

    private static Duration skew(SettingReader in) {
        return in.parsed(Setting.JWT_CLOCK_SKEW, Duration.ZERO, text -> {
            Duration skew = SettingReader.duration(text, "s");
            if (skew.compareTo(TokenConfig.MAX_SKEW) > 0 || skew.toMillisPart() != 0) {
                throw new IllegalArgumentException(
                        text + " (expected: 0 to " + TokenConfig.MAX_SKEW.toSeconds() + "s, in whole seconds)");
            }
            return skew;
        });
    }

    /** Exactly one source of keys: with two, each would accept tokens that the other refuses. */
    private static Keys keys(SettingReader in) {
        List<Setting> given = SOURCES.stream().filter(in::isSet).toList();
        if (given.isEmpty()) {
            in.problem(
                    Setting.JWT_SECRET,
                    "is not set (expected: a random secret of at least 32 bytes, as openssl rand -base64 48 prints; or"
                            + " JWT_PUBLIC_KEY, JWT_JWKS_URL or --dev)");
            return new Secret("");
        }
        if (given.size() > 1) {
            in.problem(given.stream()
                            .map(setting -> setting + " (" + in.origin(setting) + ")")
                            .collect(Collectors.joining(" and "))
                    + " are set together (expected: one of them, to verify tokens by)");
        }
        Setting source = given.get(0);
        if (source == Setting.JWT_SECRET && in.isSet(Setting.JWT_ALGORITHM)) {
            in.problem(Setting.JWT_ALGORITHM, "is set beside JWT_SECRET, whose tokens are signed by HS256");
        }
        if (source != Setting.JWT_JWKS_URL && in.isSet(Setting.JWT_JWKS_KEEP)) {
            in.problem(Setting.JWT_JWKS_KEEP, "is set without JWT_JWKS_URL");
        }
        Duration keep = in.duration(Setting.JWT_JWKS_KEEP, Duration.ZERO, JwksConfig.MAX_KEEP);
        return in.parsed(source, new Secret(""), text -> switch (source) {
            case JWT_PUBLIC_KEY -> publicKey(in, text);
            case JWT_JWKS_URL ->
                new KeySet(JwksConfig.of(URI.create(text), algorithms(in)).withKeep(keep));
            default -> secret(text);
        });
    }

    private static Secret secret(String text) {
        if (!text.isEmpty()) { // else its file is unreadable or empty, which is a problem of its own
            // The verifier has the rules. It has nothing to close: it fetches no keys.
            var unused = JwtVerifier.bySecret(text, TokenConfig.DEFAULT, Clock.systemUTC());
        }
        return new Secret(text);
    }

    private static Keys publicKey(SettingReader in, String text) {
        JwtAlgorithm[] algorithms = algorithms(in);
        if (algorithms.length != 1) {
            in.problem(Setting.JWT_ALGORITHM, "is a list (expected: the one algorithm of JWT_PUBLIC_KEY)");
        }
        String pem = text;
        if (!text.isEmpty() && !Settings.isPem(text)) {
            pem = Settings.readFile("the file of " + Setting.JWT_PUBLIC_KEY, text, in.problems());
        }
        if (pem == null || pem.isEmpty() || algorithms.length == 0) {
            return new Secret(""); // the problem is known
        }
        var unused = JwtVerifier.byPublicKey(algorithms[0], pem, TokenConfig.DEFAULT, Clock.systemUTC());
        return new PublicKey(algorithms[0], pem);
    }

    private static JwtAlgorithm[] algorithms(SettingReader in) {
        EnumSet<JwtAlgorithm> algorithms = EnumSet.noneOf(JwtAlgorithm.class);
        for (String name : in.parsed(Setting.JWT_ALGORITHM, List.<String>of(), SettingReader::list)) {
            try {
                algorithms.add(JwtAlgorithm.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                in.problem(Setting.JWT_ALGORITHM, "is " + name + " (expected: RS256, ES256 or EDDSA)");
            }
        }
        return algorithms.toArray(JwtAlgorithm[]::new);
    }
}
