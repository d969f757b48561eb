package io.scarfall.socketio.packet;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decoded arguments, read as all kinds of types: they fit, or reading throws {@link MalformedPacketException}. */
public final class ArgumentsFuzz {

    private static final List<Class<?>> TYPES = List.of(
            Everything.class,
            RawJson.class,
            Bytes.class,
            byte[].class,
            String.class,
            int.class,
            Long.class,
            double.class,
            boolean.class,
            BigInteger.class,
            BigDecimal.class,
            DayOfWeek.class,
            String[].class,
            List.class,
            Map.class,
            Object.class,
            JsonNode.class,
            Character.class);

    private ArgumentsFuzz() {}

    /** A request with a member of every kind. */
    record Everything(
            @Nullable String text,
            int number,
            @Nullable Double real,
            @Nullable BigDecimal decimal,
            @Nullable Boolean flag,
            @Nullable Bytes bytes,
            byte @Nullable [] array,
            @Nullable RawJson raw,
            @Nullable List<@Nullable RawJson> raws,
            @Nullable Map<String, @Nullable RawJson> rawByName,
            @Nullable List<String> texts,
            @Nullable Everything inner) {}

    /**
     * The cost of one failed read, in bytes of input: an exception with its stack trace. This target reads every
     * argument as every type.
     */
    private static final int READ_COST = 16;

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int attachments = input.choice(3);
        Bytes json = Bytes.wrap(input.rest());
        if (!json.isUtf8()) {
            return;
        }
        Arguments arguments;
        try {
            PacketDecoder decoder = new PacketDecoder(attachments);
            String type = attachments == 0 ? "3" : "6" + attachments + "-"; // the decoder refuses invalid placeholders
            Packet packet = decoder.text(Bytes.utf8(type + "0[" + json.utf8() + "]"));
            for (int i = 0; i < attachments; i++) {
                packet = decoder.binary(Bytes.utf8("attachment " + i));
            }
            arguments = ((Packet.Ack) Objects.requireNonNull(packet)).arguments();
        } catch (MalformedPacketException e) {
            return;
        }
        Cost.bounded(READ_COST * TYPES.size() * bytes.length, 4_000, () -> check(arguments));
    }

    private static void check(Arguments arguments) {
        List<Bytes> texts = arguments.split();
        assert arguments.size() == texts.size();
        for (int i = 0; i <= texts.size(); i++) {
            for (Class<?> type : TYPES) {
                check(arguments, i, type);
            }
        }
    }

    private static <T> void check(Arguments arguments, int index, Class<T> type) {
        T value;
        try {
            value = arguments.get(index, type);
        } catch (MalformedPacketException e) {
            return;
        }
        if (value instanceof RawJson raw) {
            assert raw.json().equals(arguments.raw(index));
        } else if (value instanceof Everything everything) {
            check(everything);
        }
        if (value != null && !(value instanceof Instant)) {
            write(value);
        }
    }

    private static void check(Everything value) {
        if (value.raw() != null) {
            checkRaw(value.raw());
        }
        if (value.raws() != null) {
            value.raws().forEach(ArgumentsFuzz::checkRaw);
        }
        if (value.rawByName() != null) {
            value.rawByName().values().forEach(ArgumentsFuzz::checkRaw);
        }
        if (value.inner() != null) {
            check(value.inner());
        }
    }

    /** It is one complete value, without the text around it. */
    private static void checkRaw(@Nullable RawJson raw) {
        if (raw != null) {
            JsonCursor cursor = new JsonCursor(raw.json());
            assert cursor.value().equals(raw.json());
        }
    }

    /** Arguments that were read can be sent. */
    private static void write(Object value) {
        Arguments written;
        try {
            written = Arguments.of(value);
        } catch (IllegalArgumentException e) { // JSON that is passed on with an attachment may contain a placeholder
            assert String.valueOf(e.getMessage()).contains("placeholder") : e;
            return;
        }
        PacketDecoder decoder = new PacketDecoder(
                10_000,
                new JsonLimits(
                        JsonCursor.HIGHEST_DEPTH,
                        JsonCursor.HIGHEST_NUMBER_LENGTH,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE));
        EncodedPacket encoded = PacketEncoder.encode(new Packet.Event("/", Packet.NO_ID, "e", written));
        Packet packet = decoder.text(encoded.text());
        for (Bytes attachment : encoded.attachments()) {
            packet = decoder.binary(attachment);
        }
        assert packet != null;
    }
}
