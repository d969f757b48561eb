package io.scarfall.gateway.internal.http;

import io.scarfall.engineio.CorsPolicy;
import io.scarfall.engineio.Handshake;
import io.scarfall.engineio.RequestGuard;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests of pages from foreign origins. CORS alone does not stop them: it governs what a page may read by HTTP.
 * Browsers let every page open a WebSocket to any server, and send simple requests without a preflight. Clients other than
 * browsers send neither {@code Origin} nor {@code Sec-Fetch-Site}, and are not affected. Immutable and thread-safe.
 *
 * <pre>
 * what a browser sends               what it means                            users' port        services' port
 * Origin: https://listed.example     a page that the operator lists           served             served
 * Origin: http(s)://(Host)           a page of this server                    served             served (1)
 * Origin: http(s)://localhost:8080   a page of this machine                   if listed          served
 * Origin: https://evil.example       any other page                           if * is listed     with a key, if * is listed (2)
 * Origin: null, or file://           a frame without an origin, or a file     if * or null is    only by allowsNull
 *                                                                             listed
 * Sec-Fetch-Site: cross-site, ...    an image, script or form of a page       if * is listed     refused (3)
 * Host: evil.example                 a name that was rebound to this machine  served             refused without keys (1)
 *
 * (1) Without keys the host must be this machine, or an address: DNS rebinding can make a page's name resolve to this machine.
 * (2) Other routes of that port, such as /metrics, ask for no key, and refuse such pages.
 * (3) Except if a person follows a link to a page of the server.
 * </pre>
 */
public final class OriginGuard implements RequestGuard {

    private static final String ORIGIN_REFUSED = "origin not allowed";
    private static final String HOST_REFUSED = "host not allowed";

    private static final Pattern OCTETS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+]");
    private static final Pattern PORT = Pattern.compile(":\\d+$");

    private final CorsPolicy cors;
    private final @Nullable Services services;

    /**
     * The settings of the services' port.
     *
     * @param asksProof whether a service must show a key
     * @param allowsNull whether pages without an origin may use the port
     * @param isLoopback whether the port listens on this machine only
     * @param host the name or address on which the port listens, and by which clients may call it
     */
    private record Services(boolean asksProof, boolean allowsNull, boolean isLoopback, String host) {}

    private OriginGuard(CorsPolicy cors, @Nullable Services services) {
        this.cors = cors;
        this.services = services;
    }

    /**
     * For the port of users, who authenticate with tokens. Admits pages of the policy's origins, and the server's own
     * pages.
     */
    public static OriginGuard users(CorsPolicy cors) {
        return new OriginGuard(cors, null);
    }

    /**
     * For the port of services. Without keys, any page that may use the port could act as a service. So the port serves
     * pages of this machine, and pages that the policy lists by name.
     *
     * @param asksProof whether services have keys
     * @param allowsNull whether pages without an origin ({@code null}, {@code file://}) may use the port, whatever the
     *     policy says. Any page can embed a frame that has no origin
     * @param isLoopback whether the port listens on a loopback address
     * @param host the name or address on which the port listens
     */
    public static OriginGuard services(
            CorsPolicy cors, boolean asksProof, boolean allowsNull, boolean isLoopback, String host) {
        String name = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        return new OriginGuard(cors, new Services(asksProof, allowsNull, isLoopback, name.toLowerCase(Locale.ROOT)));
    }

    @Override
    public @Nullable String refusal(Handshake request, boolean isProtocol) {
        if (services == null && (!isProtocol || cors == CorsPolicy.ANY)) {
            return null;
        }
        // A browser sends each header once. With two, a proxy or the protocol might use the unchecked one.
        List<String> hosts = request.headers("Host");
        List<String> origins = request.headers("Origin");
        String host = hosts.isEmpty() ? null : hosts.get(0).toLowerCase(Locale.ROOT);
        if (hosts.size() > 1 || (services != null && host != null && !isServed(services, host))) {
            return HOST_REFUSED;
        }
        if (origins.isEmpty()) {
            return isOfForeignPage(request, isProtocol) ? ORIGIN_REFUSED : null;
        }
        String origin = origins.get(0).toLowerCase(Locale.ROOT);
        boolean isAllowed = origins.size() == 1
                && (services == null
                        ? cors.allows(origin) || isOwn(origin, host, request.isSecure())
                        : isAllowed(services, origin, host, request.isSecure(), isProtocol));
        return isAllowed ? null : ORIGIN_REFUSED;
    }

    private boolean isAllowed(
            Services services, String origin, @Nullable String host, boolean isSecure, boolean isProtocol) {
        if (origin.equals("null") || origin.startsWith("file:")) {
            return services.allowsNull();
        }
        if (cors != CorsPolicy.ANY && cors.allows(origin)) {
            return true;
        }
        if (cors == CorsPolicy.ANY && services.asksProof() && isProtocol) {
            return true;
        }
        String page = authority(origin);
        return page != null
                && (isLoopback(page)
                        || (isOwn(origin, host, isSecure)
                                && (services.asksProof()
                                        || isAddress(page)
                                        || name(page).equals(services.host()))));
    }

    /**
     * Whether the port serves requests for a host. A port that listens on this machine, and asks for no key, accepts only
     * names of this machine.
     */
    private static boolean isServed(Services services, String host) {
        return services.asksProof()
                || !services.isLoopback()
                || isLoopback(host)
                || name(host).equals(services.host());
    }

    /**
     * Whether a browser says that a foreign page makes a request without {@code Origin}, whose response that page cannot
     * read.
     */
    private boolean isOfForeignPage(Handshake request, boolean isProtocol) {
        String site = request.header("Sec-Fetch-Site");
        boolean isForeign = site != null && !site.equals("same-origin") && !site.equals("none");
        boolean isLink = !isProtocol
                && request.method().equals("GET")
                && "navigate".equals(request.header("Sec-Fetch-Mode"))
                && "document".equals(request.header("Sec-Fetch-Dest"));
        return isForeign && !isLink;
    }

    /** Whether a page is one of this server. If the request came by TLS, a page that was loaded without TLS may be forged. */
    private static boolean isOwn(String origin, @Nullable String host, boolean isSecure) {
        String page = authority(origin);
        return page != null && page.equals(host) && (!isSecure || origin.startsWith("https:"));
    }

    /** {@code host[:port]} of a page that was loaded by HTTP or HTTPS; null for any other. */
    private static @Nullable String authority(String origin) {
        for (String scheme : List.of("http://", "https://")) {
            if (origin.startsWith(scheme) && origin.length() > scheme.length()) {
                return origin.substring(scheme.length());
            }
        }
        return null;
    }

    /** Whether {@code name[:port]} names this machine without a name server, in the form that browsers send. */
    private static boolean isLoopback(String authority) {
        String name = name(authority);
        return name.equals("localhost")
                || (name.endsWith(".localhost") && name.matches("[a-z0-9.-]+"))
                || name.equals("[::1]")
                || (name.startsWith("127.") && isAddress(name));
    }

    /** Whether {@code name[:port]} is an IP address, which needs no name server. */
    private static boolean isAddress(String authority) {
        String name = name(authority);
        if (!OCTETS.matcher(name).matches()) {
            return IPV6.matcher(name).matches();
        }
        for (String octet : name.split("\\.", -1)) {
            if (Integer.parseInt(octet) > 255 || (octet.length() > 1 && octet.startsWith("0"))) {
                return false;
            }
        }
        return true;
    }

    private static String name(String authority) {
        return PORT.matcher(authority).replaceFirst("");
    }
}
