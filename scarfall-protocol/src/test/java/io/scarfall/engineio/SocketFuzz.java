package io.scarfall.engineio;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketConfig;
import io.scarfall.socketio.SocketServer;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO client over one WebSocket: it joins and leaves namespaces, sends events and acks with attachments, and
 * acknowledges events of the server. However its bytes are cut, it reads the same packets of the protocol. All buffers
 * are released, and no error is logged. NUL separates messages; a message that starts with 0x01 is binary.
 */
public final class SocketFuzz {

    private static final int MAX_PAYLOAD_BYTES = 500;
    private static final Pattern SID = Pattern.compile("(\"sid\":\")[^\"]*");

    private SocketFuzz() {}

    private static Namespace namespace(String name) {
        return Namespace.builder(name)
                .onConnect(socket -> socket.join("all"))
                .guard(socket -> {
                    if (!name.equals("/guarded")) {
                        return null;
                    }
                    return socket.auth(Auth.class).token() == null
                            ? CompletableFuture.failedStage(new ConnectRefusedException("no token", Map.of("a", 1)))
                            : CompletableFuture.completedStage(null);
                })
                .on("echo", (socket, arguments) -> arguments)
                .on("ask", String.class, (socket, text) -> {
                    socket.emitWithAck(Duration.ofSeconds(2), "asked", text).whenComplete((answer, error) -> {
                        if (error == null) {
                            socket.emit("answered", answer);
                        }
                    });
                    return null;
                })
                .on("tell", Bytes.class, (socket, bytes) -> {
                    socket.broadcast().emit("told", bytes, name);
                    socket.emit("told", bytes, name);
                    return null;
                })
                .on("leave", Integer.class, (socket, number) -> {
                    socket.disconnect();
                    return number;
                })
                .build();
    }

    record Auth(@Nullable String token) {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int[] lengths = Chunks.lengths(input);
        byte[] stream = frames(input.rest());
        Cost.bounded(bytes.length, 40_000, () -> {
            List<String> whole = run(stream, new int[0]);
            List<String> cut = run(stream, lengths);
            assert whole.equals(cut) : whole + "\n" + cut;
        });
    }

    private static byte[] frames(byte[] data) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        Bytes bytes = Bytes.wrap(data);
        int from = 0;
        for (int i = 0; i <= data.length; i++) {
            if (i == data.length || data[i] == 0) {
                boolean binary = i > from && data[from] == 1;
                int opcode = Frame.FIN | (binary ? Frame.BINARY : Frame.TEXT);
                frames.writeBytes(new Frame(opcode, bytes.slice(binary ? from + 1 : from, i)).masked(0));
                from = i + 1;
            }
        }
        return frames.toByteArray();
    }

    private static List<String> run(byte[] stream, int[] lengths) {
        UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false);
        List<String> told = new ArrayList<>();
        SocketServer sockets =
                new SocketServer(SocketConfig.DEFAULT, List.of(namespace("/"), namespace("/guarded"), namespace("/é")));
        try (ErrorLog errors = new ErrorLog();
                ClockedServer server =
                        new ClockedServer(builder -> builder.maxPayloadBytes(MAX_PAYLOAD_BYTES), sockets)) {
            ClockedServer.Connection client = server.connect();
            client.config().setAllocator(buffers);
            client.openWebSocket();
            for (byte[] chunk : Chunks.cut(stream, lengths)) {
                if (client.isOpen()) {
                    client.write(chunk);
                }
            }
            check(client.readAll(), told);
            server.advance(Duration.ofSeconds(3));
            check(client.readAll(), told);
            told.add(client.isOpen() ? "open" : "closed");
            told.addAll(server.exceeded.stream().map(Limit::word).toList());
            client.hangUp();
            client.readAll();
            errors.assertNothing();
        }
        long left = buffers.metric().usedHeapMemory();
        assert left == 0 : left + " bytes not released";
        return told;
    }

    /** Reads what the client reads. */
    private static void check(byte[] written, List<String> told) {
        PacketDecoder decoder = new PacketDecoder(1000);
        ByteArrayInputStream in = new ByteArrayInputStream(written);
        try {
            while (in.available() > 0) {
                Frame frame = Frame.read(in);
                String text = frame.toString();
                assert !text.startsWith("unexpected") : text;
                told.add(SID.matcher(text).replaceAll("$1"));
                if (frame.first() == (Frame.FIN | Frame.BINARY)) {
                    decoder.binary(frame.payload());
                } else if (text.startsWith("text 4")) {
                    decoder.text(frame.payload().from(1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedPacketException e) {
            throw new AssertionError("the server sent no packet: " + told, e);
        }
    }
}
