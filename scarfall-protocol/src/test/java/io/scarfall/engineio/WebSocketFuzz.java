package io.scarfall.engineio;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A WebSocket connection from its handshake to its end. However the client's bytes are cut, the listener gets the same
 * messages, and the client reads the same complete frames. The memory for incomplete frames is bounded, all buffers are
 * released, and no error is logged.
 */
public final class WebSocketFuzz {

    private static final int MAX_PAYLOAD_BYTES = 200;

    /** A message in parts, each copied to a buffer twice as large, and the header of a frame. */
    private static final int MAX_KEPT_BYTES = 4 * MAX_PAYLOAD_BYTES + 64;

    private WebSocketFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        boolean echoes = input.flag();
        int[] lengths = Chunks.lengths(input);
        byte[] stream = input.rest();
        Cost.bounded(bytes.length, 20_000, () -> {
            List<String> whole = run(stream, new int[0], echoes);
            List<String> cut = run(stream, lengths, echoes);
            assert whole.equals(cut) : whole + "\n" + cut;
        });
    }

    /** Returns what the listener got and what the client read. */
    private static List<String> run(byte[] stream, int[] lengths, boolean echoes) {
        UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false);
        List<String> told = new ArrayList<>();
        try (ErrorLog errors = new ErrorLog();
                ClockedServer server = new ClockedServer(builder -> builder.maxPayloadBytes(MAX_PAYLOAD_BYTES))) {
            if (echoes) {
                server.recorder.echo();
            }
            ClockedServer.Connection client = server.connect();
            client.config().setAllocator(buffers);
            Recorder.Recorded session = server.session(client.openWebSocket());
            for (byte[] chunk : Chunks.cut(stream, lengths)) {
                if (client.isOpen()) {
                    client.write(chunk);
                    long kept = buffers.metric().usedHeapMemory();
                    assert kept <= Math.max(MAX_KEPT_BYTES, 4L * chunk.length + MAX_KEPT_BYTES) : "keeps " + kept;
                }
            }
            told.add(client.isOpen() ? "open" : "closed");
            told.addAll(frames(client.readAll()));
            told.addAll(session.drain());
            told.addAll(server.exceeded.stream().map(Limit::word).toList());
            client.hangUp();
            client.readAll();
            told.addAll(session.drain());
            errors.assertNothing();
        }
        long left = buffers.metric().usedHeapMemory();
        assert left == 0 : left + " bytes not released";
        return told;
    }

    private static List<String> frames(byte[] written) {
        ByteArrayInputStream in = new ByteArrayInputStream(written);
        List<String> frames = new ArrayList<>();
        try {
            while (in.available() > 0) {
                String frame = Frame.read(in).toString();
                assert !frame.startsWith("unexpected") : frame;
                frames.add(frame);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return frames;
    }
}
