package io.scarfall.engineio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Immutable bytes: the content of a message, UTF-8 text or binary data, on its way between transports and application.
 * Equal if their content is equal; not reference-counted.
 *
 * <p>Slices share the array of their origin, so that a payload passes through without a copy. Thread-safe, as long as
 * no code writes to the array. Parameters and results are never null.
 */
public final class Bytes {

    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Returns a copy of the given bytes. */
    public static Bytes copyOf(byte... bytes) {
        return wrap(bytes.clone());
    }

    /** Returns the bytes of an array without a copy: the caller must not write to it any more. */
    public static Bytes wrap(byte[] array) {
        return wrap(array, 0, array.length);
    }

    /**
     * Returns a part of an array without a copy: the caller must not write to it any more.
     *
     * @throws IndexOutOfBoundsException if the part is not inside the array
     */
    public static Bytes wrap(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return length == 0 ? EMPTY : new Bytes(array, offset, length);
    }

    /** Returns the UTF-8 form of a text; an unpaired surrogate becomes {@code ?}. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** Returns the byte at an index from 0 to {@code length() - 1}. */
    public byte at(int index) {
        Objects.checkIndex(index, length);
        return array[offset + index];
    }

    /** Returns the bytes from an index to the end, without a copy. */
    public Bytes from(int start) {
        return slice(start, length);
    }

    /** Returns the bytes from {@code start} to before {@code end}, without a copy. */
    public Bytes slice(int start, int end) {
        Objects.checkFromToIndex(start, end, length);
        return start == end ? EMPTY : new Bytes(array, offset + start, end - start);
    }

    /** The shared array of these bytes, which begin at {@link #offset()}: never write to it. */
    public byte[] array() {
        return array;
    }

    /** Where these bytes start in {@link #array()}. */
    public int offset() {
        return offset;
    }

    /** Copies these bytes into a target at a position, and returns the position after them. */
    public int copyTo(byte[] target, int position) {
        System.arraycopy(array, offset, target, position, length);
        return position + length;
    }

    /** Returns a copy as an array. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** Reads these bytes as UTF-8; malformed input becomes U+FFFD, see {@link #isUtf8()}. */
    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    /** Whether these bytes are well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF. */
    public boolean isUtf8() {
        int end = offset + length;
        int i = offset;
        while (i < end) {
            if (end - i >= Long.BYTES && ((long) LONGS.get(array, i) & HIGH_BITS) == 0) {
                i += Long.BYTES;
                continue;
            }
            int lead = array[i++];
            if (lead >= 0) {
                continue;
            }
            int more = continuations(lead & 0xFF);
            if (more == 0 || end - i < more || !isAllowedSecond(lead & 0xFF, array[i] & 0xFF)) {
                return false;
            }
            for (int n = 1; n < more; n++) {
                if ((array[i + n] & 0xC0) != 0x80) {
                    return false;
                }
            }
            i += more;
        }
        return true;
    }

    private static int continuations(int lead) {
        if (lead < 0xC2) {
            return 0;
        }
        return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
    }

    private static boolean isAllowedSecond(int lead, int second) {
        int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        return second >= least && second <= most;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** Shows the length only: payloads do not belong in logs. */
    @Override
    public String toString() {
        return "Bytes[" + length + "]";
    }
}
