package io.scarfall.engineio;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for the head of each request, whatever it asks for (RFC 9112 sections 2.3 and 3.2). Stateless. */
final class RequestHead {

    private static final String HTTP = "HTTP";
    private static final int MAX_HOST_LENGTH = 255;
    private static final int MAX_PORT_DIGITS = 5;
    private static final int MAX_PORT = 65_535;

    private RequestHead() {}

    /** The status for a request with a bad version or {@code Host}; null if both are good. */
    static @Nullable HttpResponseStatus problem(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        if (!version.protocolName().equals(HTTP)) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED;
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        boolean isMissing = hosts.isEmpty() && version.equals(HttpVersion.HTTP_1_1);
        return isMissing || hosts.size() > 1 || (hosts.size() == 1 && !isHost(hosts.get(0)))
                ? HttpResponseStatus.BAD_REQUEST
                : null;
    }

    /** Whether a text is a name or an address, with or without a port (RFC 3986 section 3.2). */
    private static boolean isHost(String text) {
        int end = text.startsWith("[")
                ? text.indexOf(']') + 1
                : text.indexOf(':') < 0 ? text.length() : text.indexOf(':');
        if (end <= 0 || end > MAX_HOST_LENGTH || (end < text.length() && !isPort(text, end))) {
            return false;
        }
        return text.charAt(0) == '[' ? isAddress(text, end - 1) : isName(text, end);
    }

    /** @param from the position of the colon before the port */
    private static boolean isPort(String text, int from) {
        if (text.charAt(from) != ':' || text.length() - from - 1 > MAX_PORT_DIGITS) {
            return false;
        }
        int port = 0;
        for (int i = from + 1; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = 10 * port + digit;
        }
        return port <= MAX_PORT;
    }

    private static boolean isName(String text, int end) {
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && "-._~%!$&'()*+;=".indexOf(c) < 0) { // a comma would be a list of hosts
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a text in brackets consists of the characters of an IPv6 address, with or without a zone; its value does
     * not matter here.
     */
    private static boolean isAddress(String text, int end) {
        for (int i = 1; i < end; i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && ":.%-_~".indexOf(c) < 0) {
                return false;
            }
        }
        return end > 1;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
