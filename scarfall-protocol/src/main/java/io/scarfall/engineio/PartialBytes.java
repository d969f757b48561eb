package io.scarfall.engineio;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Bytes of one message that come in parts. Grows by doubling, never beyond what the message may have. */
final class PartialBytes {

    private static final int SMALLEST = 64;

    private final int max;
    private byte[] array;
    private int length;

    /** @param max how many bytes will be added at most */
    PartialBytes(int max) {
        this.max = max;
        array = new byte[0];
    }

    int length() {
        return length;
    }

    /** What this takes of the heap, which may be twice its length. */
    int capacity() {
        return array.length;
    }

    void add(byte[] bytes) {
        grow(bytes.length);
        System.arraycopy(bytes, 0, array, length, bytes.length);
        length += bytes.length;
    }

    /** Adds the readable bytes of a buffer, which stays as it is. */
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

    /** All bytes; to be called last. They are copied only where that saves memory. */
    Bytes complete() {
        return Bytes.wrap(length == array.length ? array : Arrays.copyOf(array, length));
    }
}
