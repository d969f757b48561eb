package io.scarfall.gateway;

import io.scarfall.engineio.Bytes;
import io.scarfall.gateway.internal.auth.Authenticator.Credentials;
import io.scarfall.gateway.internal.auth.JwtVerifier;
import io.scarfall.gateway.internal.message.SendMessage;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.SocketConfig;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;

/**
 * Does before the first client connects what the first clients would otherwise wait for together. It loads the classes that read tokens
 * and JSON, more than a thousand, and runs the codecs until the JVM has compiled them once. Without it, the first answer of a server
 * that many clients connect to right after its start took two seconds. Done once per JVM.
 */
final class WarmUp {

    private static final int ROUNDS = 500;

    private WarmUp() {}

    static {
        run();
    }

    /** Returns when the warm-up is done. */
    static void await() {
        // the class was initialized for this call
    }

    private static void run() {
        JwtVerifier.warmUp(ROUNDS);
        PacketDecoder decoder = new PacketDecoder(SocketConfig.DEFAULT.maxAttachments());
        Bytes authenticate = Bytes.utf8("20[\"authenticate\",{\"token\":\"a.b.c\"}]");
        Bytes send = Bytes.utf8(
                "21[\"send_message\",{\"recipientIds\":[\"a\",\"b\"],\"message\":\"c\",\"metadata\":{\"d\":1}}]");
        for (int i = 0; i < ROUNDS; i++) {
            if (decoder.text(authenticate) instanceof Packet.Event event) {
                event.arguments().get(0, Credentials.class, Credentials.NONE);
            }
            if (decoder.text(send) instanceof Packet.Event event) {
                SendMessage.read(event.arguments(), DeliveryConfig.DEFAULT, false);
                Arguments answer = Arguments.of(Failure.NOT_AUTHENTICATED);
                PacketEncoder.encode(new Packet.Ack(event.namespace(), event.id(), answer));
            }
        }
    }
}
