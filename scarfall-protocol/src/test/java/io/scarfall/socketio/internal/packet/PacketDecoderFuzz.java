package io.scarfall.socketio.internal.packet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.internal.packet.Packet.Ack;
import io.scarfall.socketio.internal.packet.Packet.Connect;
import io.scarfall.socketio.internal.packet.Packet.ConnectError;
import io.scarfall.socketio.internal.packet.Packet.Event;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import io.scarfall.socketio.packet.JsonLimits;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one connection: the decoder throws only {@link MalformedPacketException}; decoded packets keep the
 * limits, and survive a round trip. NUL separates messages; a message that starts with 0x01 is binary.
 */
public final class PacketDecoderFuzz {

    private static final ObjectMapper JACKSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private PacketDecoderFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int maxAttachments = input.choice(4);
        JsonLimits limits = input.flag()
                ? JsonLimits.DEFAULT
                : new JsonLimits(1 + input.choice(6), 1 + input.choice(20), 1 + input.choice(5), 1 + input.choice(8));
        List<Bytes> messages = split(Bytes.wrap(input.rest()));
        Cost.bounded(bytes.length, 2000, () -> decode(messages, maxAttachments, limits));
    }

    private static List<Bytes> split(Bytes data) {
        List<Bytes> messages = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= data.length(); i++) {
            if (i == data.length() || data.at(i) == 0) {
                messages.add(data.slice(start, i));
                start = i + 1;
            }
        }
        return messages;
    }

    private static void decode(List<Bytes> messages, int maxAttachments, JsonLimits limits) {
        PacketDecoder decoder = new PacketDecoder(maxAttachments, limits);
        for (Bytes message : messages) {
            Packet packet;
            try {
                if (!message.isEmpty() && message.at(0) == 1) {
                    packet = decoder.binary(message.from(1));
                } else if (message.isUtf8()) {
                    packet = decoder.text(message);
                } else {
                    continue;
                }
            } catch (MalformedPacketException e) {
                return; // the session is closed
            }
            if (packet != null) {
                check(packet, maxAttachments, limits);
            }
        }
    }

    private static void check(Packet packet, int maxAttachments, JsonLimits limits) {
        Arguments arguments = null;
        if (packet instanceof Event event) {
            assert !PacketDecoder.RESERVED_EVENTS.contains(event.name());
            arguments = event.arguments();
        } else if (packet instanceof Ack ack) {
            arguments = ack.arguments();
        } else if (packet instanceof Connect connect && connect.data() != null) {
            checkJson(tree(connect.data()), limits);
        } else if (packet instanceof ConnectError error) {
            checkJson(tree(error.data()), limits);
        }
        if (arguments != null) {
            check(arguments, maxAttachments, limits);
        }
        assertSame(packet, again(packet, maxAttachments));
    }

    private static void check(Arguments arguments, int maxAttachments, JsonLimits limits) {
        JsonNode tree = tree(Bytes.utf8('[' + arguments.json().utf8() + ']'));
        List<Bytes> texts = arguments.split();
        assert texts.size() == tree.size() && texts.size() <= limits.maxArguments();
        assert arguments.attachments().size() <= maxAttachments;
        for (int i = 0; i < texts.size(); i++) {
            assert tree(texts.get(i)).equals(tree.get(i));
            assert arguments.raw(i).equals(texts.get(i));
            checkJson(tree.get(i), limits);
            if (!arguments.attachments().isEmpty()) {
                checkPlaceholders(tree.get(i), arguments);
            }
        }
    }

    private static void checkJson(JsonNode value, JsonLimits limits) {
        assert depth(value) <= limits.maxDepth();
        assert keys(value) <= limits.maxKeys();
    }

    private static int depth(JsonNode value) {
        int deepest = 0;
        for (JsonNode child : value) {
            deepest = Math.max(deepest, depth(child));
        }
        return value.isContainerNode() ? deepest + 1 : 0;
    }

    private static int keys(JsonNode value) {
        int keys = value.isObject() ? value.size() : 0;
        for (JsonNode child : value) {
            keys += keys(child);
        }
        return keys;
    }

    private static void checkPlaceholders(JsonNode value, Arguments arguments) {
        JsonNode placeholder = value.path("_placeholder");
        if (placeholder.isBoolean() && placeholder.booleanValue()) {
            JsonNode num = value.path("num");
            assert num.isInt()
                            && num.intValue() >= 0
                            && num.intValue() < arguments.attachments().size()
                    : num;
        }
        for (JsonNode child : value) {
            checkPlaceholders(child, arguments);
        }
    }

    private static JsonNode tree(Bytes json) {
        try {
            return JACKSON.readTree(json.utf8());
        } catch (JsonProcessingException e) {
            throw new AssertionError("Jackson refuses what was accepted", e);
        }
    }

    private static Packet again(Packet packet, int maxAttachments) {
        EncodedPacket encoded = PacketEncoder.encode(packet);
        PacketDecoder decoder = new PacketDecoder(
                maxAttachments,
                new JsonLimits(
                        JsonCursor.HIGHEST_DEPTH,
                        JsonCursor.HIGHEST_NUMBER_LENGTH,
                        Integer.MAX_VALUE,
                        Integer.MAX_VALUE));
        Packet again = decoder.text(encoded.text());
        for (Bytes attachment : encoded.attachments()) {
            assert again == null;
            again = decoder.binary(attachment);
        }
        return again;
    }

    /** An unpaired surrogate in the name of an event can't be encoded. */
    private static void assertSame(Packet packet, @Nullable Packet again) {
        if (packet instanceof Event one
                && again instanceof Event two
                && !one.name().equals(two.name())) {
            assert Bytes.utf8(one.name()).utf8().equals(two.name());
            assert one.arguments().equals(two.arguments());
        } else {
            assert packet.equals(again) : packet + " " + again;
        }
    }
}
