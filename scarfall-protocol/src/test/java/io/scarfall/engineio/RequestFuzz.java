package io.scarfall.engineio;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the server reads of a request's head: the target, the query, and forwarded addresses; and the settings of
 * trusted proxies and origins. Lines are: target, origin, and one value of {@code X-Forwarded-For} each.
 */
public final class RequestFuzz {

    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
    private static final TrustedProxies PROXIES = TrustedProxies.of(List.of("127.0.0.1", "10.0.0.0/8", "fd00::/9"));
    private static final CorsPolicy ORIGINS =
            CorsPolicy.of(List.of("https://a.example", "https://*.b.example", "http://*-*.c.example:*"));

    private RequestFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        boolean settings = input.flag();
        String text = new String(input.rest(), StandardCharsets.ISO_8859_1);
        List<String> lines = List.of(text.split("\n", -1));
        Cost.bounded(bytes.length, 10_000, () -> {
            if (settings) {
                checkSettings(lines);
            } else {
                checkTarget(lines.get(0));
                checkOrigin(lines.size() < 2 ? "" : lines.get(1));
                checkForwarded(lines.size() < 2 ? List.of() : lines.subList(2, lines.size()));
            }
        });
    }

    private static void checkTarget(String target) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        Handshake handshake = new Handshake("GET", target, headers, PEER, PEER, false, Instant.EPOCH);
        assert handshake.path() != null;
        for (String name : List.of("sid", "transport", "EIO")) {
            List<String> values = handshake.query().getOrDefault(name, List.of());
            String last = values.isEmpty() ? null : values.get(values.size() - 1);
            assert java.util.Objects.equals(handshake.query(name), last) : name;
        }
    }

    private static void checkOrigin(String origin) {
        if (ORIGINS.allows(origin)) {
            String lower = origin.toLowerCase(java.util.Locale.ROOT);
            assert lower.equals("https://a.example")
                            || (lower.startsWith("https://") && lower.endsWith(".b.example"))
                            || (lower.startsWith("http://") && lower.contains(".c.example:"))
                    : origin;
            assert origin.chars().allMatch(c -> c > ' ' && c < 127 && c != '@' && c != '\\' && c != '#' && c != '?')
                    : origin;
        }
    }

    private static void checkForwarded(List<String> values) {
        InetSocketAddress client = PROXIES.client(PEER, values);
        assert client.getAddress() != null;
        assert TrustedProxies.NONE.client(PEER, values) == PEER;
        AddressBlock.of(client);
    }

    /** A list is either refused as a whole, or trusts each of its addresses. */
    private static void checkSettings(List<String> lines) {
        try {
            CorsPolicy policy = CorsPolicy.of(lines);
            for (String line : lines) {
                assert line.contains("*") || policy.allows(line) : line;
            }
        } catch (IllegalArgumentException e) {
            assert lines.contains("*");
        }
        List<String> trusted = new ArrayList<>();
        for (String line : lines) {
            try {
                TrustedProxies.of(List.of(line));
                trusted.add(line);
            } catch (IllegalArgumentException e) {
                assert e.getMessage().startsWith("trustedProxies") : e;
            }
        }
        TrustedProxies proxies = TrustedProxies.of(trusted);
        for (String line : trusted) {
            InetSocketAddress address = TrustedProxies.address(line.split("/", 2)[0], 0);
            assert address != null && proxies.contains(address) : line;
        }
    }
}
