package io.scarfall.presence.redis;

import io.lettuce.core.RedisURI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses the address of a Redis server or of Sentinels, a URI. It is checked before Lettuce parses it, because
 * Lettuce quotes a malformed address with its password, and takes a password with a slash for a host.
 */
final class RedisAddress {

    private static final String EXPECTED =
            " (expected: redis://host:port, rediss://host:port, redis-sentinel://host:port,host:port#name"
                    + " or rediss-sentinel://)";

    private static final Pattern SCHEME = Pattern.compile("(rediss?)(-sentinel)?://(.*)", Pattern.DOTALL);

    /**
     * The characters that a URI's user and password have unescaped (RFC 3986 section 3.2.1), plus all outside ASCII.
     */
    private static final Pattern CREDENTIALS =
            Pattern.compile("([A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2}|[^\\p{ASCII}\\s\\p{Cntrl}])*");

    private static final Pattern PLACE = Pattern.compile("([^/?#]*)(/[^?#]*)?(\\?[^#]*)?(#.*)?");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^\\s:@\\[\\]]+)(?::(.*))?");
    private static final Pattern DATABASE = Pattern.compile("/(\\d{1,9})?");
    private static final int MAX_PORT = 65_535;

    private RedisAddress() {}

    /**
     * Parses an address.
     *
     * @throws IllegalArgumentException if it is malformed; the message names the part, and quotes neither user nor
     *     password
     */
    static RedisURI parse(String address) {
        check(address);
        try {
            return RedisURI.create(address);
        } catch (RuntimeException e) { // without its message, which quotes the address
            throw refused("malformed" + EXPECTED);
        }
    }

    private static void check(String address) {
        Matcher scheme = SCHEME.matcher(address);
        if (!scheme.matches()) {
            throw refused("malformed" + EXPECTED);
        }
        String rest = scheme.group(3);
        int at = rest.lastIndexOf('@');
        if (at >= 0 && !CREDENTIALS.matcher(rest.substring(0, at)).matches()) {
            throw refused("malformed: its user or password has a character that must be percent-encoded"
                    + " (expected: @ as %40, / as %2F, # as %23, ? as %3F, % as %25, a space as %20)");
        }
        Matcher place = PLACE.matcher(rest.substring(at + 1));
        if (!place.matches()) {
            throw refused("malformed" + EXPECTED);
        }
        boolean isSentinel = scheme.group(2) != null;
        String[] hosts = isSentinel ? place.group(1).split(",", -1) : new String[] {place.group(1)};
        for (String host : hosts) {
            checkHost(host);
        }
        String path = place.group(2);
        if (path != null && !DATABASE.matcher(path).matches()) {
            throw refused("malformed: its path is no database (expected: such as /0; a / in the password as %2F)");
        }
        String name = place.group(4);
        if (isSentinel && (name == null || name.length() < 2)) {
            throw refused("malformed: it names no master (expected: redis-sentinel://host:port,host:port#name)");
        }
        if (!isSentinel && name != null) {
            throw refused("malformed: it has a # (expected: only for Sentinels; a # in the password as %23)");
        }
    }

    private static void checkHost(String text) {
        Matcher host = HOST.matcher(text);
        if (!host.matches() || host.group(1).indexOf(',') >= 0) {
            throw refused("malformed: it names no host" + EXPECTED);
        }
        String port = host.group(2);
        if (port != null
                && !(port.matches("\\d{1,5}") && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= MAX_PORT)) {
            // not the text itself: without an @ it may be a password
            throw refused("malformed: its port is no number from 1 to " + MAX_PORT
                    + " (expected: a password in front of the host, as redis://:password@host:port)");
        }
    }

    private static IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("address: " + why);
    }
}
