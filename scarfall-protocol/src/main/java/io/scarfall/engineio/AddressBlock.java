package io.scarfall.engineio;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address, because providers give each
 * customer all of those.
 */
final class AddressBlock {

    /** Marks an IPv4 address. As the start of an IPv6 address it would be a multicast address, which no client has. */
    private static final long IPV4 = 0xFFFF_FFFFL << Integer.SIZE;

    private AddressBlock() {}

    /** The block of an address; null for loopback, which has no limits per address, and for a missing address. */
    static @Nullable Long of(@Nullable InetSocketAddress socketAddress) {
        InetAddress address = socketAddress == null ? null : socketAddress.getAddress();
        return address == null || address.isLoopbackAddress() ? null : of(address);
    }

    /** The block of an address, loopback included; null for a missing address. */
    static @Nullable Long ofAny(@Nullable InetSocketAddress socketAddress) {
        InetAddress address = socketAddress == null ? null : socketAddress.getAddress();
        return address == null ? null : of(address);
    }

    private static Long of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.capacity() == Integer.BYTES ? IPV4 | (bytes.getInt() & 0xFFFF_FFFFL) : bytes.getLong();
    }
}
