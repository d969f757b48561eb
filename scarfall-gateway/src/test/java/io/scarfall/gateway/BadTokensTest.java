package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.scarfall.gateway.internal.auth.BadTokens;
import io.scarfall.gateway.internal.auth.BadTokens.BadToken;
import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.gateway.internal.auth.Issuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sends every bad token to a running gateway in every possible way. The gateway refuses and answers each, and logs none. */
class BadTokensTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(BadTokens.NOW), ZoneOffset.UTC);

    /** Longer HTTP lines and headers are refused before the gateway reads the token. */
    private static final int LONGEST_IN_HTTP = 4_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The answer to a token that was sent in one way. */
    private static final String ACCEPTED = "accepted";

    private static final String NO_TOKEN = "no token";
    private static final String NOT_SENT = "not sent";
    private static final String REFUSED_BY_HTTP = "refused by HTTP";

    /** The ways to send a token. */
    private enum Channel {
        CONNECT,
        EVENT,
        QUERY,
        HEADER;

        /** Sends the token. Returns the error code, or one of the words above. */
        String send(int port, String token) throws IOException {
            return switch (this) {
                case CONNECT -> connect(port, token);
                case EVENT -> event(port, token);
                case QUERY -> query(port, token);
                case HEADER -> header(port, token);
            };
        }
    }

    private static Stream<Arguments> issuersAndChannels() {
        return issuers().flatMap(issuer -> Stream.of(Channel.values()).map(channel -> Arguments.of(issuer, channel)));
    }

    private static Stream<Issuer> issuers() {
        return Stream.of(
                Issuer.hs256(),
                Issuer.of(JwtAlgorithm.RS256),
                Issuer.of(JwtAlgorithm.ES256),
                Issuer.of(JwtAlgorithm.EDDSA));
    }

    private static ScarfallBuilder trusting(Issuer issuer) {
        return switch (issuer.algorithm) {
            case "HS256" -> Scarfall.builder().jwtSecret(Issuer.SECRET);
            case "EdDSA" -> Scarfall.builder().jwtPublicKey(JwtAlgorithm.EDDSA, issuer.pem());
            default -> Scarfall.builder().jwtPublicKey(JwtAlgorithm.valueOf(issuer.algorithm), issuer.pem());
        };
    }

    @ParameterizedTest
    @MethodSource("issuersAndChannels")
    void badTokensAreRefusedAnsweredAndNotLogged(Issuer issuer, Channel channel) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        elsewhere.start();
        String logged;
        List<BadToken> tokens = BadTokens.of(
                issuer, "http://127.0.0.1:" + elsewhere.getAddress().getPort());
        try (CapturedLog log = new CapturedLog(org.slf4j.Logger.ROOT_LOGGER_NAME);
                Scarfall scarfall = trusting(issuer)
                        .port(0)
                        .internalPort(0)
                        .tokenInQuery(true)
                        .clock(CLOCK)
                        .sessions(
                                SessionConfig.DEFAULT.withAuthTimeout(Duration.ofMinutes(1))) // the machine may be busy
                        .start()) {
            int port = scarfall.userPort();
            for (BadToken bad : tokens) {
                assertThat(channel.send(port, bad.token())).as("%s", bad).isIn(expected(bad, channel));
            }
            assertThat(scarfall.sessionCount()).isZero();
            assertThat(channel.send(port, issuer.sign(BadTokens.GOOD))).isEqualTo(ACCEPTED);
            logged = log.text();
        } finally {
            elsewhere.stop(0);
        }
        assertThat(asked).as("requests to addresses that tokens name").hasValue(0);
        assertThat(logged).as("the log contains the start of the gateway").contains("gateway started");
        assertThat(secrets(issuer, tokens)).hasSizeGreaterThan(300).noneMatch(logged::contains);
    }

    /** HTTP trims white space at the ends of a header, cannot carry some characters, and has its own limits. */
    private static List<String> expected(BadToken bad, Channel channel) {
        String token = bad.token();
        boolean header = channel == Channel.HEADER;
        if (!header && channel != Channel.QUERY && bad.what().endsWith("the scheme in front")) {
            return List.of(ACCEPTED); // as clients copy it from a header
        }
        if (!header && channel != Channel.QUERY) {
            return List.of(bad.code());
        }
        if (token.length() > LONGEST_IN_HTTP) {
            return List.of(bad.code(), REFUSED_BY_HTTP);
        }
        if (header && token.isBlank()) {
            return List.of(NO_TOKEN);
        }
        if (header && token.startsWith(" ")) {
            return List.of(ACCEPTED);
        }
        if (header && !token.matches("[\\x20-\\x7E]*")) {
            return List.of(NOT_SENT, bad.code());
        }
        return List.of(bad.code());
    }

    private static List<String> secrets(Issuer issuer, List<BadToken> tokens) {
        return Stream.concat(
                        Stream.of(Issuer.SECRET, issuer.sign(BadTokens.GOOD)),
                        tokens.stream().map(BadToken::token))
                .flatMap(token -> Stream.concat(Stream.of(token), Stream.of(token.split("\\."))))
                .filter(part -> part.length() > 20)
                .distinct()
                .toList();
    }

    private static String connect(int port, String token) throws IOException {
        try (RawClient client = new RawClient(port, "", null)) {
            return answer(client, "40{\"token\":" + quoted(token) + "}");
        }
    }

    private static String header(int port, String token) throws IOException {
        try (RawClient client = new RawClient(port, "", "Bearer " + token)) {
            return answer(client, "40");
        } catch (CompletionException e) {
            return e.getCause() instanceof IllegalArgumentException ? NOT_SENT : REFUSED_BY_HTTP;
        }
    }

    private static String query(int port, String token) throws IOException {
        try (RawClient client =
                new RawClient(port, "&token=" + URLEncoder.encode(token, StandardCharsets.UTF_8), null)) {
            return answer(client, "40");
        } catch (CompletionException e) {
            return REFUSED_BY_HTTP;
        }
    }

    /** The code of a connect_error, or else of the answer to an event of a user. */
    private static String answer(RawClient client, String connect) throws IOException {
        String answer = client.send(connect).next();
        if (answer.startsWith("44")) {
            JsonNode error = JSON.readTree(answer.substring(2));
            assertThat(error.at("/message").asText()).isNotEmpty();
            assertThat(error.at("/data/retry").isBoolean()).isTrue();
            return error.at("/data/code").asText();
        }
        assertThat(answer).startsWith("40");
        return ping(client);
    }

    private static String ping(RawClient client) throws IOException {
        client.send("421[\"ping\"]");
        JsonNode pong = JSON.readTree(ack(client, 1).substring("431".length())).get(0);
        return pong.has("timestamp") ? ACCEPTED : NO_TOKEN;
    }

    private static String ack(RawClient client, int id) {
        String packet;
        do {
            packet = client.next();
            assertThat(packet).isNotEqualTo(RawClient.CLOSED);
        } while (!packet.startsWith("43" + id));
        return packet;
    }

    /** The ack, which equals the event before it. */
    private static String event(int port, String token) throws IOException {
        try (RawClient client = new RawClient(port, "", null)) {
            assertThat(client.send("40").next()).startsWith("40");
            client.send("427[\"authenticate\",{\"token\":" + quoted(token) + "}]");
            String first = client.next();
            JsonNode event = JSON.readTree(first.substring(2));
            JsonNode ack = JSON.readTree(ack(client, 7).substring(3)).get(0);
            assertThat(event.get(1)).as("the event %s", first).isEqualTo(ack);
            if (event.get(0).asText().equals("connected")) {
                return ping(client);
            }
            assertThat(event.get(0).asText()).isEqualTo("authentication_error");
            assertThat(ack.at("/status").asText()).isEqualTo("error");
            assertThat(ack.at("/error").asText()).isNotEmpty();
            assertThat(ack.at("/retry").isBoolean()).isTrue();
            assertThat(ping(client)).isEqualTo(NO_TOKEN);
            return ack.at("/code").asText();
        }
    }

    private static String quoted(String text) {
        return "\"" + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
