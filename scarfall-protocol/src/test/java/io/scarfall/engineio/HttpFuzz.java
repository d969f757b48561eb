package io.scarfall.engineio;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTTP on up to three connections next to a polling session: requests, pipelines, polls and POSTs, upgrades and what
 * follows them, and headers of the PROXY protocol. However the bytes are cut, the application gets the same, and the
 * clients read the same. Clients cannot inject headers into answers, all buffers are released, and no error is logged.
 *
 * <p>In the stream, {@code sid=@@} means the session, and 0x1D a change to the next connection.
 */
public final class HttpFuzz {

    private static final byte NEXT_CONNECTION = 0x1D;
    private static final int CONNECTIONS = 3;
    private static final int MAX_PAYLOAD_BYTES = 100;
    private static final Pattern SID = Pattern.compile("(\"sid\":\")[^\"]*");

    /** The end of a body may cut an id in it. */
    private static final Pattern SENT_SID = Pattern.compile("sid=[\\w-]*");

    private static final Pattern HEADER = Pattern.compile("^([A-Za-z-]+): ", Pattern.MULTILINE);

    /**
     * Limits that depend on how the input is cut: the number of requests in one read, and the length of an incomplete
     * line, which includes its carriage return.
     */
    private static final List<String> COUNTED_PER_READ =
            List.of(Limit.PIPELINED_REQUESTS.word(), Limit.REQUEST_LINE.word(), Limit.HEADER_BYTES.word());

    /** All headers that answers may have. */
    private static final Set<String> HEADERS = Set.of(
            "access-control-allow-credentials",
            "access-control-allow-headers",
            "access-control-allow-methods",
            "access-control-allow-origin",
            "cache-control",
            "connection",
            "content-length",
            "content-type",
            "retry-after",
            "sec-websocket-accept",
            "sec-websocket-version",
            "upgrade",
            "vary",
            "x-fallback");

    private HttpFuzz() {}

    private record Options(CorsPolicy cors, TrustedProxies proxies, boolean proxyProtocol, boolean delays) {

        static Options of(FuzzInput input) {
            CorsPolicy cors = switch (input.choice(3)) {
                case 0 -> CorsPolicy.NONE;
                case 1 -> CorsPolicy.ANY;
                default -> CorsPolicy.of(List.of("http://*.example", "null"));
            };
            int trusted = input.choice(3);
            return new Options(
                    cors,
                    trusted == 0 ? TrustedProxies.NONE : TrustedProxies.of(List.of("192.0.2.0/24", "::1")),
                    trusted == 2,
                    input.flag());
        }

        EngineConfig.Builder apply(EngineConfig.Builder builder) {
            return builder.maxPayloadBytes(MAX_PAYLOAD_BYTES)
                    .http(HttpLimits.DEFAULT
                            .withMaxRequestLineBytes(200)
                            .withMaxHeaderBytes(300)
                            .withMaxHeaders(8)
                            .withHeadTimeout(Duration.ofSeconds(60)))
                    .connections(ConnectionLimits.DEFAULT)
                    .cors(cors)
                    .trustedProxies(proxies)
                    .proxyProtocol(proxyProtocol)
                    .routes(request -> request.path().startsWith("/app")
                            ? CompletableFuture.completedStage(new HttpReply(
                                    200,
                                    HttpExchange.TEXT,
                                    Bytes.utf8(request.query() + " "
                                            + request.address().getHostString()),
                                    Map.of("X-Fallback", "yes")))
                            : null);
        }
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        Options options = Options.of(input);
        int[] lengths = Chunks.lengths(input);
        byte[] stream = input.rest();
        Cost.bounded(bytes.length, 40_000, () -> {
            List<String> whole = run(stream, new int[0], options);
            List<String> cut = run(stream, lengths, options);
            if (Collections.disjoint(whole, COUNTED_PER_READ) && Collections.disjoint(cut, COUNTED_PER_READ)) {
                assert whole.equals(cut) : whole + "\n" + cut;
            }
        });
    }

    private static List<String> run(byte[] stream, int[] lengths, Options options) {
        UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false);
        List<String> told = new ArrayList<>();
        try (ErrorLog errors = new ErrorLog();
                ClockedServer server = new ClockedServer(options::apply)) {
            server.recorder.echo();
            ClockedServer.Connection opener = server.connect("198.51.100.1");
            String sid = opener.open();
            List<ClockedServer.Connection> clients = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                ClockedServer.Connection client = server.connect("192.0.2." + i);
                client.config().setAllocator(buffers);
                clients.add(client);
            }
            int at = 0;
            for (byte[] part : parts(stream)) {
                ClockedServer.Connection client = clients.get(at++ % CONNECTIONS);
                for (byte[] chunk : Chunks.cut(withSid(part, sid), lengths)) {
                    if (client.isOpen()) {
                        client.write(chunk);
                    }
                }
            }
            for (ClockedServer.Connection client : clients) {
                String answers = new String(client.readAll(), StandardCharsets.ISO_8859_1);
                checkHeaders(answers);
                told.add((client.isOpen() ? "open " : "closed ")
                        + SID.matcher(answers).replaceAll("$1").replace(sid, "@@"));
            }
            told.addAll(told(server));
            server.advance(Duration.ofSeconds(options.delays ? 70 : 1));
            clients.forEach(ClockedServer.Connection::hangUp);
            clients.forEach(ClockedServer.Connection::readAll);
            opener.readAll();
            told.addAll(told(server));
            server.exceeded.stream()
                    // the server does not notice the first bytes of a head that come together with the end of a request
                    .filter(limit -> limit != Limit.HEAD_TIMEOUT)
                    .forEach(limit -> told.add(limit.word()));
            errors.assertNothing();
        }
        long left = buffers.metric().usedHeapMemory();
        assert left == 0 : left + " bytes not released";
        return told;
    }

    /** In any order, because ids of sessions are random. */
    private static List<String> told(ClockedServer server) {
        List<String> told = new ArrayList<>();
        server.recorder
                .all()
                .forEach(session ->
                        told.add(SENT_SID.matcher(session.drain().toString()).replaceAll("sid=")));
        told.sort(null);
        return told;
    }

    private static List<byte[]> parts(byte[] stream) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= stream.length; i++) {
            if (i == stream.length || stream[i] == NEXT_CONNECTION) {
                parts.add(java.util.Arrays.copyOfRange(stream, from, i));
                from = i + 1;
            }
        }
        return parts;
    }

    private static byte[] withSid(byte[] part, String sid) {
        return new String(part, StandardCharsets.ISO_8859_1)
                .replace("sid=@@", "sid=" + sid)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void checkHeaders(String answers) {
        int end =
                answers.contains("HTTP/1.1 101 ") ? answers.indexOf("\r\n\r\n", answers.indexOf("HTTP/1.1 101 ")) : -1;
        Matcher header = HEADER.matcher(end < 0 ? answers : answers.substring(0, end));
        while (header.find()) {
            assert HEADERS.contains(header.group(1).toLowerCase(java.util.Locale.ROOT)) : header.group();
        }
    }
}
