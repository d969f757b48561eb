package io.scarfall.socketio.packet;

import io.scarfall.engineio.Bytes;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the JSON array that a generator writes. The generator collects it in a buffer that later generators use again, and
 * passes on the content when the buffer is full or the array ends. So most arrays arrive in one piece, and are copied once.
 * Serializers find it as the target of the generator, and add binary data as attachments. Not thread-safe.
 */
final class JsonOutput extends OutputStream {

    private static final byte[] NOTHING = {};

    private final List<Bytes> attachments;
    private byte[] last = NOTHING;

    /** The pieces before the last one; null for none. */
    private @Nullable List<byte[]> earlier;

    /** @param attachments gets the binary data */
    JsonOutput(List<Bytes> attachments) {
        this.attachments = attachments;
    }

    /** Adds binary data; returns the number of the attachment, for its placeholder. */
    int attach(Bytes data) {
        attachments.add(data);
        return attachments.size() - 1;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        if (last.length > 0) {
            earlier = earlier == null ? new ArrayList<>() : earlier;
            earlier.add(last);
        }
        last = Arrays.copyOfRange(bytes, offset, offset + count);
    }

    /** The elements with commas between them, without the brackets. */
    Bytes elements() {
        byte[] array = earlier == null ? last : joined(earlier);
        return Bytes.wrap(array, 1, array.length - 2);
    }

    private byte[] joined(List<byte[]> pieces) {
        int length = last.length;
        for (byte[] piece : pieces) {
            length = Math.addExact(length, piece.length);
        }
        byte[] array = new byte[length];
        int end = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, array, end, piece.length);
            end += piece.length;
        }
        System.arraycopy(last, 0, array, end, last.length);
        return array;
    }
}
