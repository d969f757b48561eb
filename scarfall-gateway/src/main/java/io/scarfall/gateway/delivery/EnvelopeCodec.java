package io.scarfall.gateway.delivery;

import io.scarfall.engineio.packet.Bytes;
import io.scarfall.engineio.packet.MalformedPacketException;
import io.scarfall.gateway.delivery.Envelope.Deliver;
import io.scarfall.gateway.delivery.Envelope.Delivered;
import io.scarfall.gateway.delivery.Envelope.Notice;
import io.scarfall.presence.node.NodeId;
import io.scarfall.socketio.packet.EncodedPacket;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Envelope ⇄ bytes: {@code version:1 type:1} and the fields of the record in their order. Numbers are big-endian; texts and
 * bytes have their length in front, in four bytes. Stateless.
 */
final class EnvelopeCodec {

    private static final byte VERSION = 1;
    private static final byte DELIVER = 1;
    private static final byte DELIVERED = 2;
    private static final byte NOTICE = 3;

    private static final int HEAD = 2;

    /** More than the ids of nodes and users take in front of an event. */
    private static final int LONGEST_NAMES = 4_096;

    private EnvelopeCodec() {}

    /** How many bytes an envelope takes beside its recipients, at most. */
    static int overhead(UserEvent event) {
        return LONGEST_NAMES + length(event, List.of());
    }

    /** How many bytes a recipient takes. */
    static int length(Recipient recipient) {
        return length(recipient.json());
    }

    static byte[] encode(Envelope envelope) {
        if (envelope instanceof Deliver deliver) {
            Bytes from = Bytes.utf8(deliver.from().toString());
            byte[] message = new byte[HEAD + Long.BYTES + length(from) + length(deliver.event(), deliver.recipients())];
            ByteBuffer out = start(message, DELIVER).putLong(deliver.id());
            put(out, from);
            put(out, deliver.event(), deliver.recipients());
            return message;
        } else if (envelope instanceof Notice notice) {
            Bytes subject = Bytes.utf8(notice.subject());
            byte[] message =
                    new byte[HEAD + length(subject) + Long.BYTES + length(notice.event(), notice.recipients())];
            ByteBuffer out = start(message, NOTICE);
            put(out, subject);
            put(out.putLong(notice.version()), notice.event(), notice.recipients());
            return message;
        } else if (envelope instanceof Delivered delivered) {
            Bytes sent = Bytes.wrap(delivered.sent().toByteArray());
            byte[] message = new byte[HEAD + Long.BYTES + length(sent)];
            put(start(message, DELIVERED).putLong(delivered.id()), sent);
            return message;
        }
        throw new AssertionError(envelope);
    }

    private static ByteBuffer start(byte[] message, byte type) {
        return ByteBuffer.wrap(message).put(VERSION).put(type);
    }

    private static int length(Bytes bytes) {
        return Integer.BYTES + bytes.length();
    }

    private static int length(UserEvent event, List<Recipient> recipients) {
        int length = 3 * Integer.BYTES + length(event.packet().text());
        for (Bytes attachment : event.packet().attachments()) {
            length += length(attachment);
        }
        for (Recipient recipient : recipients) {
            length += length(recipient);
        }
        return length;
    }

    private static void put(ByteBuffer out, UserEvent event, List<Recipient> recipients) {
        out.putInt(event.idAt());
        put(out, event.packet().text());
        out.putInt(event.packet().attachments().size());
        for (Bytes attachment : event.packet().attachments()) {
            put(out, attachment);
        }
        out.putInt(recipients.size());
        for (Recipient recipient : recipients) {
            put(out, recipient.json());
        }
        assert !out.hasRemaining();
    }

    private static void put(ByteBuffer out, Bytes bytes) {
        out.putInt(bytes.length()).put(bytes.array(), bytes.offset(), bytes.length());
    }

    /**
     * Reads an envelope; what is in it shares the array.
     *
     * @throws MalformedPacketException if it is none, or one of a later version
     */
    static Envelope decode(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new MalformedPacketException("envelope of version " + version + " (expected: " + VERSION + ")");
            }
            Envelope envelope = read(in.get(), in);
            if (in.hasRemaining()) {
                throw new MalformedPacketException("envelope with " + in.remaining() + " bytes behind it");
            }
            return envelope;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new MalformedPacketException("envelope is cut off or malformed");
        }
    }

    private static Envelope read(byte type, ByteBuffer in) {
        return switch (type) {
            case DELIVER -> new Deliver(in.getLong(), NodeId.parse(bytes(in).utf8()), event(in), recipients(in));
            case DELIVERED ->
                new Delivered(in.getLong(), BitSet.valueOf(bytes(in).toByteArray()));
            case NOTICE -> new Notice(bytes(in).utf8(), in.getLong(), event(in), recipients(in));
            default -> throw new MalformedPacketException("envelope of type " + type);
        };
    }

    private static UserEvent event(ByteBuffer in) {
        int idAt = in.getInt();
        Bytes text = bytes(in);
        int count = in.getInt();
        List<Bytes> attachments = new ArrayList<>(0);
        for (int i = 0; i < count; i++) {
            attachments.add(bytes(in));
        }
        return new UserEvent(new EncodedPacket(text, attachments), idAt);
    }

    private static List<Recipient> recipients(ByteBuffer in) {
        int count = in.getInt();
        List<Recipient> recipients = new ArrayList<>(Math.max(0, Math.min(count, in.remaining() / Integer.BYTES)));
        for (int i = 0; i < count; i++) {
            recipients.add(Recipient.of(bytes(in)));
        }
        return recipients;
    }

    private static Bytes bytes(ByteBuffer in) {
        int length = in.getInt();
        Bytes bytes = Bytes.wrap(in.array(), in.arrayOffset() + in.position(), length);
        in.position(in.position() + length);
        return bytes;
    }
}
