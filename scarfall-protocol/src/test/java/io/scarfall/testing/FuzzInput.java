package io.scarfall.testing;

import java.util.Arrays;

/**
 * Splits the input of a fuzz target. Choices come from the end and data from the front, so that a fuzzer that changes
 * the data does not change the choices. Missing input reads as 0 or empty.
 */
public final class FuzzInput {

    private final byte[] bytes;
    private int from;
    private int to;

    public FuzzInput(byte[] bytes) {
        this.bytes = bytes;
        to = bytes.length;
    }

    /** Reads a number from 0 up to, but not including, the bound, which is at most 256. */
    public int choice(int bound) {
        return from < to ? (bytes[--to] & 0xFF) % bound : 0;
    }

    public boolean flag() {
        return choice(2) == 1;
    }

    public boolean isEmpty() {
        return from == to;
    }

    /** Reads up to a number of bytes of data. */
    public byte[] data(int length) {
        int start = from;
        from = Math.min(to, from + length);
        return Arrays.copyOfRange(bytes, start, from);
    }

    /** Reads all data that is left. */
    public byte[] rest() {
        return data(to - from);
    }
}
