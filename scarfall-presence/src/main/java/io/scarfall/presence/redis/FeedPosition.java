package io.scarfall.presence.redis;

import io.lettuce.core.Range;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A reader's position in the stream of each partition. The id of a change is {@code base-seq}: the base is the time
 * when the stream began, and the sequence numbers are dense from 1, so that a missing change shows. Not thread-safe.
 *
 * <p>Its text is {@code r.} and, in base 64, the partition to begin with and two numbers per partition, in seven bits
 * a byte.
 */
final class FeedPosition {

    private static final String MARK = "r.";
    private static final int MAX_LENGTH = 128 * 1024;
    /** The base of a partition whose stream is read from its oldest change. */
    private static final long OLDEST = -1;

    private static final long MOST_SEQ = 1L << 53;

    private final long[] base;
    private final long[] seq;
    private int first;

    private FeedPosition(int partitions, long base) {
        this.base = new long[partitions];
        this.seq = new long[partitions];
        Arrays.fill(this.base, base);
    }

    /** Before the first change that will ever be written. */
    static FeedPosition start(int partitions) {
        return new FeedPosition(partitions, 0);
    }

    /** Before the oldest change that is kept. */
    static FeedPosition oldest(int partitions) {
        return new FeedPosition(partitions, OLDEST);
    }

    /**
     * @throws IllegalArgumentException if that is not the text of a position, or one for another number of partitions
     */
    static FeedPosition parse(String text, int partitions) {
        if (!text.startsWith(MARK) || text.length() > MAX_LENGTH) {
            throw malformed();
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.substring(MARK.length())));
            FeedPosition position = new FeedPosition(partitions, 0);
            long first = number(bytes);
            if (first >= partitions) {
                throw malformed();
            }
            position.first = (int) first;
            for (int p = 0; p < partitions; p++) {
                position.base[p] = number(bytes) - 1;
                position.seq[p] = number(bytes);
            }
            if (bytes.hasRemaining()) {
                throw malformed();
            }
            return position;
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw malformed();
        }
    }

    String text() {
        ByteBuffer bytes = ByteBuffer.allocate(10 + 20 * base.length);
        put(bytes, first);
        for (int p = 0; p < base.length; p++) {
            put(bytes, base[p] + 1);
            put(bytes, seq[p]);
        }
        byte[] used = new byte[bytes.flip().remaining()];
        bytes.get(used);
        return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(used);
    }

    /** Whether this partition was not read yet. */
    boolean isUntouched(int partition) {
        return base[partition] == OLDEST;
    }

    /** The id of the last change that was read; {@code 0-0} for none. */
    String id(int partition) {
        return base[partition] + "-" + seq[partition];
    }

    int first() {
        return first;
    }

    void beginNextAt(int partition) {
        first = partition;
    }

    /** Where to read from: the last change that was read, inclusive. */
    Range.Boundary<String> boundary(int partition) {
        return base[partition] <= 0
                ? Range.Boundary.unbounded()
                : Range.Boundary.including(base[partition] + "-" + seq[partition]);
    }

    /**
     * Whether changes are lost between this position and what was found after it.
     *
     * @param found the id of the first change from the {@link #boundary} on; {@code null} if there is none
     */
    boolean isGap(int partition, @Nullable String found) {
        if (base[partition] == OLDEST) {
            return false;
        }
        if (found == null) {
            return base[partition] != 0; // at least the last one that was read should be there
        }
        if (base[partition] == 0) {
            return seqOf(found) > 1;
        }
        return baseOf(found) != base[partition] || seqOf(found) > seq[partition] + 1;
    }

    /** Whether a change was not read yet. */
    boolean isBehind(int partition, String id) {
        return baseOf(id) != base[partition] || seqOf(id) > seq[partition];
    }

    void moveTo(int partition, String id) {
        base[partition] = baseOf(id);
        seq[partition] = seqOf(id);
    }

    /** The stream does not exist: all its future changes are unread. */
    void reset(int partition) {
        base[partition] = 0;
        seq[partition] = 0;
    }

    /**
     * Whether an id may be one of ours.
     *
     * @param end the bases of ours are lower
     */
    static boolean isId(String id, long end) {
        try {
            long base = baseOf(id);
            long seq = seqOf(id);
            return base >= 1 && base < end && seq >= 0 && seq < MOST_SEQ;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    private static long baseOf(String id) {
        return Long.parseLong(id, 0, id.indexOf('-'), 10);
    }

    private static long seqOf(String id) {
        return Long.parseLong(id, id.indexOf('-') + 1, id.length(), 10);
    }

    private static void put(ByteBuffer bytes, long number) {
        long rest = number;
        while (rest > 0x7f) {
            bytes.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
    }

    private static long number(ByteBuffer bytes) {
        long number = 0;
        for (int shift = 0; shift < 56; shift += 7) { // below 2^53, like all numbers in Lua
            byte next = bytes.get();
            number |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw malformed();
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("position: malformed (expected: oldest, newest() or the next of a batch)");
    }
}
