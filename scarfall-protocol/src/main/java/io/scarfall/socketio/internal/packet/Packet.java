package io.scarfall.socketio.internal.packet;

import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.packet.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * One Socket.IO packet (<a href="https://socket.io/docs/v4/socket-io-protocol/">Socket.IO protocol 5</a>). The types
 * {@code BINARY_EVENT} and {@code BINARY_ACK} of the wire are events and acks whose arguments have attachments.
 */
public sealed interface Packet {

    /** The id of an event or ack that has none. */
    long NO_ID = -1;

    /** The namespace that has no name on the wire. */
    String MAIN_NAMESPACE = "/";

    /** The name of the namespace, with a slash in front. */
    String namespace();

    /**
     * {@code 0}: a client asks to join a namespace, or the server confirms it.
     *
     * @param data a JSON object: from a client its {@code auth} payload, null if it sent none
     */
    record Connect(String namespace, @Nullable Bytes data) implements Packet {}

    /** {@code 1}: either side leaves a namespace. */
    record Disconnect(String namespace) implements Packet {}

    /**
     * {@code 2} and {@code 5}: an event.
     *
     * @param id the id for the ack, or {@link #NO_ID} for no ack
     */
    record Event(String namespace, long id, String name, Arguments arguments) implements Packet {}

    /** {@code 3} and {@code 6}: the answer to the event with this id. */
    record Ack(String namespace, long id, Arguments arguments) implements Packet {}

    /**
     * {@code 4}: the server refuses a CONNECT.
     *
     * @param data a JSON object {@code {"message": string, "data"?: any}}
     */
    record ConnectError(String namespace, Bytes data) implements Packet {}
}
