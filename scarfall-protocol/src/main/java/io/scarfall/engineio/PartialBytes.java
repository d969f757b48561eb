package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The bytes of one message that comes in parts. The array doubles when it is full, up to the largest size of the
 * message.
 */
final class PartialBytes {

    private static final int SMALLEST = 64;

    private final int max;
    private byte[] array;
    private int length;

    /** @param max how many bytes may be added in all */
    PartialBytes(int max) {
        this.max = max;
        array = new byte[0];
    }

    int length() {
        return length;
    }

    /** How much heap this takes, which may be twice the length. */
    int capacity() {
        return array.length;
    }

    void add(byte[] bytes) {
        grow(bytes.length);
        System.arraycopy(bytes, 0, array, length, bytes.length);
        length += bytes.length;
    }

    /** Adds the readable bytes of a buffer. The caller keeps the buffer, whose indices do not change. */
    void add(ByteBuf bytes) {
        int count = bytes.readableBytes();
        grow(count);
        bytes.getBytes(bytes.readerIndex(), array, length, count);
        length += count;
    }

    private void grow(int more) {
        int needed = length + more;
        if (needed > array.length) {
            long doubled = Math.max(SMALLEST, 2L * array.length);
            array = Arrays.copyOf(array, (int) Math.max(needed, Math.min(doubled, max)));
        }
    }

    /** Returns all bytes; the last call. It copies them only if that saves memory. */
    Bytes complete() {
        return Bytes.wrap(length == array.length ? array : Arrays.copyOf(array, length));
    }
}
