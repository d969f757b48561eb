package io.scarfall.gateway.internal.link;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.gateway.internal.link.Envelope.Answer;
import io.scarfall.gateway.internal.link.Envelope.Body;
import io.scarfall.gateway.internal.link.Envelope.Deliver;
import io.scarfall.gateway.internal.link.Envelope.Displace;
import io.scarfall.gateway.internal.link.Envelope.Frame;
import io.scarfall.gateway.internal.link.Envelope.Missing;
import io.scarfall.gateway.internal.link.Envelope.Notice;
import io.scarfall.gateway.internal.link.Envelope.Revoke;
import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.socketio.packet.EncodedPacket;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Translates envelopes to bytes and back. An envelope is {@code version:1 type:1 link:8} and the other fields of the
 * record in their order. Numbers are big-endian. Strings and byte arrays follow their length, which takes four bytes. A
 * frame without a body has a type of its own, and so has an answer without bits. Stateless.
 */
final class EnvelopeCodec {

    private static final byte VERSION = 1;

    private static final byte QUESTION = 1;
    private static final byte DELIVER = 2;
    private static final byte NOTICE = 3;
    private static final byte APPLIED = 4;
    private static final byte NOT_APPLIED = 5;
    private static final byte MISSING = 6;
    private static final byte REVOKE = 7;
    private static final byte DISPLACE = 8;

    private static final int HEAD = 2 + Long.BYTES;

    /** An upper bound of the bytes before an event: the numbers, the node's id and the user's id. */
    private static final int LONGEST_HEAD = 4_096;

    private EnvelopeCodec() {}

    /** The most bytes that an envelope with this event takes, without its recipients. */
    static int overhead(UserEvent event) {
        return LONGEST_HEAD + length(event, List.of());
    }

    /** The number of bytes that a recipient takes. */
    static int length(Recipient recipient) {
        return length(recipient.json());
    }

    static byte[] encode(Envelope envelope) {
        if (envelope instanceof Frame frame) {
            return encode(frame);
        } else if (envelope instanceof Answer answer) {
            BitSet bits = answer.bits();
            Bytes bytes = bits == null ? Bytes.EMPTY : Bytes.wrap(bits.toByteArray());
            byte[] message = new byte[HEAD + Long.BYTES + (bits == null ? 0 : length(bytes))];
            ByteBuffer out =
                    start(message, bits == null ? NOT_APPLIED : APPLIED, answer).putLong(answer.number());
            if (bits != null) {
                put(out, bytes);
            }
            return message;
        } else if (envelope instanceof Missing missing) {
            byte[] message = new byte[HEAD + 2 * Long.BYTES];
            start(message, MISSING, missing).putLong(missing.first()).putLong(missing.last());
            return message;
        }
        throw new AssertionError(envelope);
    }

    private static byte[] encode(Frame frame) {
        Bytes from = Bytes.utf8(frame.from().toString());
        Body body = frame.body();
        Bytes subject = subject(body);
        byte[] message = new byte[HEAD + length(from) + 4 * Long.BYTES + length(body, subject)];
        ByteBuffer out = start(message, type(body), frame);
        put(out, from);
        out.putLong(frame.number()).putLong(frame.settledBelow());
        out.putLong(frame.sendableFrom()).putLong(frame.applyBy());
        if (body instanceof Deliver deliver) {
            put(out, deliver.event(), deliver.recipients());
        } else if (body instanceof Notice notice) {
            put(out, subject);
            out.putLong(notice.version());
            put(out, notice.event(), notice.recipients());
        } else if (body instanceof Revoke revoke) {
            put(out, subject);
            out.putLong(revoke.revocation().version());
        } else if (body instanceof Displace) {
            put(out, subject);
        }
        assert !out.hasRemaining();
        return message;
    }

    /** The text of a body besides its event: a user, or what to revoke or end; empty if the body has none. */
    private static Bytes subject(@Nullable Body body) {
        if (body instanceof Notice notice) {
            return Bytes.utf8(notice.subject());
        } else if (body instanceof Revoke revoke) {
            return Bytes.utf8(revoke.revocation().target().text());
        } else if (body instanceof Displace displace) {
            return Bytes.utf8(displace.session().text());
        }
        return Bytes.EMPTY;
    }

    private static int length(@Nullable Body body, Bytes subject) {
        if (body instanceof Deliver deliver) {
            return length(deliver.event(), deliver.recipients());
        } else if (body instanceof Notice notice) {
            return length(subject) + Long.BYTES + length(notice.event(), notice.recipients());
        } else if (body instanceof Revoke) {
            return length(subject) + Long.BYTES;
        }
        return body == null ? 0 : length(subject);
    }

    private static byte type(@Nullable Body body) {
        if (body instanceof Deliver) {
            return DELIVER;
        } else if (body instanceof Notice) {
            return NOTICE;
        } else if (body instanceof Revoke) {
            return REVOKE;
        }
        return body instanceof Displace ? DISPLACE : QUESTION;
    }

    private static ByteBuffer start(byte[] message, byte type, Envelope envelope) {
        return ByteBuffer.wrap(message).put(VERSION).put(type).putLong(envelope.link());
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
    }

    private static void put(ByteBuffer out, Bytes bytes) {
        out.putInt(bytes.length()).put(bytes.array(), bytes.offset(), bytes.length());
    }

    /**
     * Reads an envelope. The result shares the array.
     *
     * @throws MalformedPacketException if the bytes are not an envelope, or are one of a later version
     */
    static Envelope decode(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new MalformedPacketException("envelope of version " + version + " (expected: " + VERSION + ")");
            }
            byte type = in.get();
            Envelope envelope = read(type, in.getLong(), in);
            if (in.hasRemaining()) {
                throw new MalformedPacketException("envelope with " + in.remaining() + " extra bytes at its end");
            }
            return envelope;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new MalformedPacketException("envelope is cut off or malformed");
        }
    }

    private static Envelope read(byte type, long link, ByteBuffer in) {
        return switch (type) {
            case QUESTION, DELIVER, NOTICE, REVOKE, DISPLACE -> frame(type, link, in);
            case APPLIED ->
                new Answer(link, in.getLong(), BitSet.valueOf(bytes(in).toByteArray()));
            case NOT_APPLIED -> new Answer(link, in.getLong(), null);
            case MISSING -> new Missing(link, in.getLong(), in.getLong());
            default -> throw new MalformedPacketException("envelope of type " + type);
        };
    }

    private static Frame frame(byte type, long link, ByteBuffer in) {
        NodeId from = NodeId.parse(bytes(in).utf8());
        long number = in.getLong();
        long settledBelow = in.getLong();
        long sendableFrom = in.getLong();
        long applyBy = in.getLong();
        Body body = switch (type) {
            case DELIVER -> new Deliver(event(in), recipients(in));
            case NOTICE -> new Notice(bytes(in).utf8(), in.getLong(), event(in), recipients(in));
            case REVOKE -> new Revoke(new Revocation(Target.parse(bytes(in).utf8()), in.getLong()));
            case DISPLACE -> new Displace(Target.parse(bytes(in).utf8()));
            default -> null;
        };
        return new Frame(link, from, number, settledBelow, sendableFrom, applyBy, body);
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
