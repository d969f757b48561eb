package io.scarfall.engineio;

import io.scarfall.testing.FuzzInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How the network cuts a stream of bytes. */
final class Chunks {

    private static final int MAX_CUTS = 12;

    private Chunks() {}

    /** Reads lengths; the last one applies to all further chunks, and 0 means all that is left. */
    static int[] lengths(FuzzInput input) {
        int[] lengths = new int[input.choice(MAX_CUTS)];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = input.choice(64);
        }
        return lengths;
    }

    static List<byte[]> cut(byte[] stream, int[] lengths) {
        List<byte[]> chunks = new ArrayList<>();
        int from = 0;
        for (int i = 0; from < stream.length; i++) {
            int length = lengths.length == 0 ? 0 : lengths[Math.min(i, lengths.length - 1)];
            int to = length == 0 ? stream.length : Math.min(stream.length, from + length);
            chunks.add(Arrays.copyOfRange(stream, from, to));
            from = to;
        }
        return chunks;
    }
}
