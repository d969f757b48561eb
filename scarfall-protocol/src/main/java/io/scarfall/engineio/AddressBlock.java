package io.scarfall.engineio;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What counts as one address: an address of IPv4, the first 64 bits of one of IPv6, which one customer gets whole. */
final class AddressBlock {

    /** In front of an address of IPv4: as the start of one of IPv6 it would be a multicast address. */
    private static final long IPV4 = 0xFFFF_FFFFL << Integer.SIZE;

    private AddressBlock() {}

    /** The block of an address; null for what has no limits of its own: loopback, and what is no address. */
    static @Nullable Long of(@Nullable InetSocketAddress socketAddress) {
        InetAddress address = socketAddress == null ? null : socketAddress.getAddress();
        return address == null || address.isLoopbackAddress() ? null : of(address);
    }

    /** The block of an address, loopback too; null for what is no address. */
    static @Nullable Long ofAny(@Nullable InetSocketAddress socketAddress) {
        InetAddress address = socketAddress == null ? null : socketAddress.getAddress();
        return address == null ? null : of(address);
    }

    private static Long of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.capacity() == Integer.BYTES ? IPV4 | (bytes.getInt() & 0xFFFF_FFFFL) : bytes.getLong();
    }
}
