package io.scarfall.bench;

import io.scarfall.engineio.Bytes;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.internal.message.SendMessage;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import io.scarfall.socketio.packet.RawJson;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The codecs that a message passes: what one core can do, without a network. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CodecBenchmark {

    @Param({"1", "10", "1000"})
    int recipients;

    @Param({"64", "4096"})
    int messageBytes;

    private final PacketDecoder decoder = new PacketDecoder(10);
    private Bytes text = Bytes.EMPTY;
    private Arguments arguments = Arguments.NONE;
    private Bytes message = Bytes.EMPTY;

    @Setup
    public void prepare() {
        String ids = IntStream.range(0, recipients)
                .mapToObj(i -> "\"user-" + i + "\"")
                .collect(Collectors.joining(","));
        String request = "{\"recipientIds\":[" + ids + "],\"message\":\"" + "x".repeat(messageBytes)
                + "\",\"metadata\":{\"room\":\"lobby\",\"n\":7}}";
        text = Bytes.utf8("27[\"send_message\"," + request + "]");
        arguments = new Arguments(Bytes.utf8(request), java.util.List.of());
        message = Bytes.utf8("{\"recipientId\":\"user-0\",\"message\":\"" + "x".repeat(messageBytes) + "\"}");
    }

    /** Text → event; its JSON is checked and stays raw. */
    @Benchmark
    public Packet decodeEvent() {
        return java.util.Objects.requireNonNull(decoder.text(text));
    }

    /** Event → the message that it asks for. */
    @Benchmark
    public SendMessage readSendMessage() {
        return SendMessage.read(arguments, DeliveryConfig.DEFAULT, false);
    }

    /** Message → its text. */
    @Benchmark
    public EncodedPacket encodeEvent() {
        return PacketEncoder.encode(new Packet.Event("/", Packet.NO_ID, "message", Arguments.of(new RawJson(message))));
    }
}
