package io.scarfall.engineio;

import io.netty.util.NetUtil;
import io.scarfall.engineio.internal.Check;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The proxies whose forwarded headers are trusted: {@code X-Forwarded-For} and {@code X-Forwarded-Proto}, or the <a
 * href="https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt">PROXY protocol</a>. Immutable and thread-safe.
 */
public final class TrustedProxies {

    /** Trusts no proxy. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    /**
     * The address of clients for which a trusted proxy forwards no valid address. It is not the proxy's own address,
     * which may be exempt from limits: all such clients share the limits of one address.
     */
    static final InetSocketAddress UNKNOWN = new InetSocketAddress("0.0.0.0", 0);

    private final List<Block> blocks;

    /** Addresses that begin with the same bits. */
    private static final class Block {

        /** RFC 4291, section 2.5.5.2. */
        private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xFF, (byte) 0xFF};

        private static final int MAPPED_BITS = MAPPED.length * Byte.SIZE;

        private final byte[] network;
        private final int bits;

        private Block(byte[] network, int bits) {
            this.network = network;
            this.bits = bits;
        }

        static Block of(String text) {
            int slash = text.indexOf('/');
            byte[] network = bytes(slash < 0 ? text : text.substring(0, slash));
            int bits = network == null ? -1 : network.length * Byte.SIZE;
            if (slash >= 0 && network != null) {
                String length = text.substring(slash + 1);
                int given = length.matches("[0-9]{1,3}") ? Integer.parseInt(length) : -1;
                bits = given <= bits ? given : -1;
            }
            boolean mapped = network != null && isMapped(network);
            Check.that(
                    bits >= (mapped ? MAPPED_BITS : 0),
                    "trustedProxies",
                    text,
                    "an address, or a block such as 10.0.0.0/8 or fd00::/8");
            byte[] known = Objects.requireNonNull(network);
            return mapped
                    ? new Block(Arrays.copyOfRange(known, MAPPED.length, known.length), bits - MAPPED_BITS)
                    : new Block(known, bits);
        }

        /** Whether an address is an IPv4 address in IPv6 form, which the JDK turns into an IPv4 address. */
        private static boolean isMapped(byte[] address) {
            return address.length == 16 && Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        }

        boolean contains(byte[] address) {
            if (address.length != network.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            if (!Arrays.equals(address, 0, whole, network, 0, whole)) {
                return false;
            }
            int rest = Byte.SIZE - bits % Byte.SIZE;
            return rest == Byte.SIZE || (address[whole] & 0xFF) >> rest == (network[whole] & 0xFF) >> rest;
        }
    }

    private TrustedProxies(List<String> texts) {
        blocks = texts.stream().map(Block::of).toList();
    }

    /**
     * Trusts addresses and blocks of addresses, such as {@code 10.0.0.0/8} or {@code ::1}.
     *
     * @throws IllegalArgumentException if a text is neither; names are not resolved
     */
    public static TrustedProxies of(List<String> blocks) {
        return blocks.isEmpty() ? NONE : new TrustedProxies(blocks);
    }

    /** Whether no proxy is trusted. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Whether an address is trusted. */
    public boolean contains(InetAddress address) {
        if (blocks.isEmpty()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        for (Block block : blocks) {
            if (block.contains(bytes)) {
                return true;
            }
        }
        return false;
    }

    boolean contains(@Nullable InetSocketAddress address) {
        return !blocks.isEmpty() && address != null && address.getAddress() != null && contains(address.getAddress());
    }

    /**
     * The client whose request a peer forwards: the nearest hop that is not trusted, or the farthest hop if all are
     * trusted. If the peer is not trusted, or forwards no hop, it is the client itself. If a hop on the way is not an
     * address, the result is {@link #UNKNOWN}.
     *
     * @param forwardedFor the values of {@code X-Forwarded-For}, in the order of the request
     */
    InetSocketAddress client(InetSocketAddress peer, List<String> forwardedFor) {
        if (forwardedFor.stream().allMatch(String::isBlank) || !contains(peer)) {
            return peer;
        }
        List<String> hops = new ArrayList<>();
        forwardedFor.forEach(value -> hops.addAll(Arrays.asList(value.split(",", -1))));
        InetSocketAddress client = peer;
        for (int i = hops.size() - 1; i >= 0; i--) {
            InetSocketAddress hop = hop(hops.get(i).strip());
            if (hop == null) {
                return UNKNOWN;
            }
            client = hop;
            if (!contains(hop)) {
                break;
            }
        }
        return client;
    }

    /** Reads an address with or without a port: {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code [2001:db8::1]:80}. */
    private static @Nullable InetSocketAddress hop(String text) {
        int colon = text.lastIndexOf(':');
        int bracket = text.lastIndexOf(']');
        String host = text;
        String port = "0";
        if (text.startsWith("[") && (bracket == text.length() - 1 || (bracket > 0 && colon == bracket + 1))) {
            host = text.substring(1, bracket);
            port = bracket == text.length() - 1 ? port : text.substring(colon + 1);
        } else if (colon > 0 && text.indexOf(':') == colon) {
            host = text.substring(0, colon);
            port = text.substring(colon + 1);
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xFFFF) {
            return null;
        }
        return address(host, Integer.parseInt(port));
    }

    /**
     * The bytes of an address; null if the text is no address. RFC 4291, section 2.2, allows the last 32 bits in
     * decimal, which Netty does not read in all forms.
     */
    private static byte @Nullable [] bytes(String text) {
        int tail = text.lastIndexOf(':') + 1;
        byte[] last = tail > 0 && text.indexOf('.', tail) > 0
                ? NetUtil.createByteArrayFromIpAddressString(text.substring(tail))
                : null;
        return NetUtil.createByteArrayFromIpAddressString(
                last == null
                        ? text
                        : text.substring(0, tail)
                                + String.format("%02x%02x:%02x%02x", last[0], last[1], last[2], last[3]));
    }

    /** Reads an address; null if the text is no address. Names are not resolved. */
    static @Nullable InetSocketAddress address(@Nullable String text, int port) {
        byte[] bytes = text == null ? null : bytes(text);
        if (bytes == null) {
            return null;
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // the length is right
        }
    }
}
