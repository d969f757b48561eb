package io.scarfall.gateway.http;

import io.scarfall.engineio.AdmissionGuard;
import io.scarfall.engineio.AdmissionRefusedException;
import io.scarfall.engineio.CorsPolicy;
import io.scarfall.engineio.Handshake;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of foreign origins from opening sessions. CORS alone does not: it governs what a page may read by HTTP, and
 * browsers let every page open a WebSocket to anywhere. Clients that are no browsers send no {@code Origin}, and are not
 * concerned. Immutable and thread-safe.
 */
public final class OriginGuard implements AdmissionGuard {

    /** What browsers send for pages that were opened from a file. */
    private static final Set<String> FILES = Set.of("null", "file://");

    private final CorsPolicy cors;
    private final boolean loopbackOnly;

    private OriginGuard(CorsPolicy cors, boolean loopbackOnly) {
        this.cors = cors;
        this.loopbackOnly = loopbackOnly;
    }

    /** Admits the origins of a policy, and the server's own. */
    public static OriginGuard of(CorsPolicy cors) {
        return new OriginGuard(cors, false);
    }

    /**
     * Admits pages of this machine and files, and the listed origins, but not any: for a port on loopback that asks for no
     * proof. Without it, every web page that is looked at on this machine could send. A foreign name in {@code Host} is
     * refused too, since a page can have its own name resolved to loopback.
     */
    public static OriginGuard loopback(CorsPolicy listed) {
        return new OriginGuard(listed == CorsPolicy.ANY ? CorsPolicy.NONE : listed, true);
    }

    @Override
    public @Nullable CompletionStage<?> admit(Handshake request) throws AdmissionRefusedException {
        String host = request.header("Host");
        if (loopbackOnly && host != null && !isLoopback(host)) {
            throw new AdmissionRefusedException("host not allowed");
        }
        String origin = request.header("Origin");
        if (origin != null && !isAllowed(origin.toLowerCase(Locale.ROOT), host)) {
            throw new AdmissionRefusedException("origin not allowed");
        }
        return null;
    }

    private boolean isAllowed(String origin, @Nullable String host) {
        if (cors.allows(origin)) {
            return true;
        }
        int scheme = origin.indexOf("://");
        String authority = scheme < 0 ? "" : origin.substring(scheme + "://".length());
        boolean isOwn = !authority.isEmpty() && authority.equalsIgnoreCase(host);
        return isOwn || (loopbackOnly && (FILES.contains(origin) || isLoopback(authority)));
    }

    /** Whether {@code name[:port]} is a name of this machine that no name server decides on. */
    private static boolean isLoopback(String authority) {
        String name = authority.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "");
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("[::1]")
                || name.matches("127(\\.\\d{1,3}){3}");
    }
}
