package io.scarfall.server;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.CorsPolicy;
import io.scarfall.engineio.Handshake;
import io.scarfall.engineio.HttpReply;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.gateway.internal.http.OriginGuard;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server in development shows besides the protocol: the example pages, and, for requests from this machine, demo
 * tokens and the ports of both gateways. Pages are read once, at the start. Thread-safe.
 */
final class DemoRoutes implements HttpRoutes {

    static final String USER_PAGE = "/user.html";
    static final String INTERNAL_PAGE = "/internal.html";

    /** Where the pages load the official client from, if this server has none. */
    private static final String CLIENT_CDN = "https://cdn.socket.io";

    private static final Pattern INLINE_SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern USER_ID = Pattern.compile("[\\p{L}\\p{N}._@-]{1,64}");

    /** On both ports, and whatever {@code CORS_ORIGIN} lists: a page of elsewhere gets no token. */
    private static final OriginGuard LOCAL_PAGES =
            OriginGuard.services(CorsPolicy.NONE, false, false, true, "localhost");

    private static final String HTML = "text/html; charset=UTF-8";
    private static final String JSON = "application/json";

    private final TokenIssuer tokens;
    private final CompletionStage<Ports> ports;
    private final Map<String, HttpReply> pages;

    /** The ports of the two gateways, and whether they use TLS. */
    record Ports(int user, boolean userTls, int internal, boolean internalTls) {}

    /**
     * @param home the page that stands at {@code /}
     * @param ports completes once both gateways listen
     */
    DemoRoutes(TokenIssuer tokens, String home, CompletionStage<Ports> ports) {
        this.tokens = tokens;
        this.ports = ports;
        HttpReply user = page(USER_PAGE);
        HttpReply internal = page(INTERNAL_PAGE);
        pages = Map.of(USER_PAGE, user, INTERNAL_PAGE, internal, "/", home.equals(USER_PAGE) ? user : internal);
    }

    private static HttpReply page(String path) {
        try (InputStream in = DemoRoutes.class.getResourceAsStream("/pages" + path)) {
            if (in == null) {
                throw new IllegalStateException("page is missing in the jar: " + path);
            }
            String html = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new HttpReply(200, HTML, Bytes.utf8(html), Map.of("Content-Security-Policy", policy(html)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The policy under which a page's own scripts run, and no others: it names them by their digests
     * (<a href="https://www.w3.org/TR/CSP3/">Content Security Policy 3</a>). The page may connect to any server.
     */
    private static String policy(String html) {
        StringBuilder digests = new StringBuilder();
        Matcher script = INLINE_SCRIPT.matcher(html);
        while (script.find()) {
            digests.append(" 'sha256-").append(digest(script.group(1))).append('\'');
        }
        return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
                + "connect-src http: https: ws: wss:; img-src 'self' data:; style-src 'unsafe-inline'; "
                + "script-src 'self' " + CLIENT_CDN + digests;
    }

    private static String digest(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public @Nullable CompletionStage<HttpReply> answer(Handshake request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return null;
        }
        if (request.path().startsWith("/demo/") && !isLocal(request)) {
            return CompletableFuture.completedFuture(error(403, "for requests from this machine only"));
        }
        return switch (request.path()) {
            case "/demo/token" -> CompletableFuture.completedFuture(token(request));
            case "/demo/server" -> ports.thenApply(DemoRoutes::server);
            default -> {
                HttpReply page = pages.get(request.path());
                yield page == null ? null : CompletableFuture.completedFuture(page);
            }
        };
    }

    private static HttpReply server(Ports ports) {
        return new HttpReply(
                200,
                JSON,
                Bytes.utf8(String.format(
                        Locale.ROOT,
                        "{\"user\":{\"port\":%d,\"tls\":%b},\"internal\":{\"port\":%d,\"tls\":%b}}",
                        ports.user(),
                        ports.userTls(),
                        ports.internal(),
                        ports.internalTls())));
    }

    private HttpReply token(Handshake request) {
        String user = request.query("user");
        if (user == null || !USER_ID.matcher(user).matches()) {
            return error(400, "user: expected 1 to 64 letters, digits or . _ @ -");
        }
        String body = "{\"userId\":\"" + user + "\",\"token\":\"" + tokens.issue(user, user + "@example.com") + "\"}";
        return new HttpReply(200, JSON, Bytes.utf8(body));
    }

    /** Whether the request comes from this machine, and from no page of elsewhere. */
    private static boolean isLocal(Handshake request) {
        return request.address().getAddress().isLoopbackAddress()
                && request.header("X-Forwarded-For") == null
                && request.header("Host") != null
                && LOCAL_PAGES.refusal(request, true) == null;
    }

    private static HttpReply error(int status, String message) {
        String quoted = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(message));
        return new HttpReply(status, JSON, Bytes.utf8("{\"error\":\"" + quoted + "\"}"));
    }
}
