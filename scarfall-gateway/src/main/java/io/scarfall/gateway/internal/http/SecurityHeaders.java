package io.scarfall.gateway.internal.http;

import io.scarfall.engineio.ResponseHeaders;
import java.util.LinkedHashMap;
import java.util.Map;

/** Adds the headers of Helmet 8 to every response, with the values of its defaults. Immutable and thread-safe. */
public final class SecurityHeaders implements ResponseHeaders {

    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'self';base-uri 'self';font-src 'self' https: data:;"
                    + "form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';"
                    + "script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests";

    private final Map<String, String> headers = new LinkedHashMap<>();

    public SecurityHeaders() {
        headers.put("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Origin-Agent-Cluster", "?1");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-DNS-Prefetch-Control", "off");
        headers.put("X-Download-Options", "noopen");
        headers.put("X-Frame-Options", "SAMEORIGIN");
        headers.put("X-Permitted-Cross-Domain-Policies", "none");
        headers.put("X-XSS-Protection", "0");
    }

    @Override
    public void add(Response response) {
        headers.forEach(response::set);
    }
}
