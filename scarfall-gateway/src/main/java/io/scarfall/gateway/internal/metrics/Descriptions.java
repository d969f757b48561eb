package io.scarfall.gateway.internal.metrics;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the gateway's instruments count, in words. */
public final class Descriptions {

    private static final Map<String, String> BY_NAME = Map.ofEntries(
            Map.entry("scarfall.connections", "Open connections (Engine.IO sessions)"),
            Map.entry("scarfall.transports", "Open connections by the transport in use"),
            Map.entry("scarfall.received.bytes", "Bytes of WebSocket frames and POST bodies that came"),
            Map.entry("scarfall.sent.bytes", "Bytes of WebSocket frames and poll bodies that were sent"),
            Map.entry("scarfall.sessions", "Authenticated sockets on this node"),
            Map.entry("scarfall.users", "Distinct users on this node"),
            Map.entry("scarfall.events", "Events that came, also refused ones"),
            Map.entry("scarfall.send.message", "Time from a send_message that is not refused to its ack"),
            Map.entry("scarfall.deliveries", "Recipients of messages sent on this node"),
            Map.entry("scarfall.deliveries.partial", "Recipients of whom another device may have missed the message"),
            Map.entry("scarfall.notices", "Notices of friends' status, by receiving user of this node"),
            Map.entry("scarfall.transitions", "Users who came online or went offline, as writes of this node found"),
            Map.entry("scarfall.authentications", "Proofs of users and services"),
            Map.entry("scarfall.limits", "Crossings of a limit"),
            Map.entry("scarfall.closes", "Connections that ended"),
            Map.entry("scarfall.handler.errors", "Handlers that failed by a fault of the server"),
            Map.entry("scarfall.sessions.revoked", "Connections that a revocation ended on this node"),
            Map.entry("scarfall.revocations", "Revocations of users and tokens that this node knows"),
            Map.entry("scarfall.sessions.unsettled", "Sessions whose opening the store has yet to be told"),
            Map.entry("scarfall.sessions.unclosed", "Sessions whose end the store has yet to be told"),
            Map.entry("scarfall.cleanup", "Differences between sockets and records that clean-ups repaired"),
            Map.entry("scarfall.reaped.sessions", "Sessions of dead nodes that this node removed"),
            Map.entry("scarfall.reaped.adopted", "Node epochs that the store had forgotten, with sessions to remove"),
            Map.entry("scarfall.leases.lost", "Epochs of this node that were fenced"),
            Map.entry("scarfall.store", "Operations of the store"),
            Map.entry("scarfall.store.failures", "Operations of the store that failed"),
            Map.entry("scarfall.store.unreadable", "Stored values that this node could not read"),
            Map.entry("scarfall.bus.refused", "Messages on the node bus that this node dropped"),
            Map.entry("scarfall.friends.cut", "Readings of lists of friends of which a part was left out"),
            Map.entry("scarfall.held.bytes", "Bytes that clients make this node hold"),
            Map.entry("scarfall.held.bytes.max", "Bound of the bytes that clients make this node hold"),
            Map.entry("scarfall.links.unanswered", "Envelopes that await the answer of another node"),
            Map.entry("scarfall.mailbox.waiting", "Events that wait for their blocking handler"),
            Map.entry("scarfall.eventloop.lag", "Time that an empty task waits for an event loop"),
            Map.entry("scarfall.eventloop.lag.worst.seconds", "The longest event loop lag of the last second"),
            Map.entry("scarfall.certificate.remaining.days", "Days until the certificate ends; NaN without TLS"),
            Map.entry("scarfall.keys.age.seconds", "Age of the issuer's key set; NaN if there is none"),
            Map.entry("scarfall.store.away.partitions", "Partitions of the store that this node cannot reach"),
            Map.entry("scarfall.healthy", "1 if the node holds its lease, else 0"));

    private Descriptions() {}

    /** What an instrument counts; null for a name that the gateway does not use. */
    public static @Nullable String of(String name) {
        return BY_NAME.get(name);
    }
}
