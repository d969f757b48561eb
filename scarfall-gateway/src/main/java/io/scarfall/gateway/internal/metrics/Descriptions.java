package io.scarfall.gateway.internal.metrics;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The descriptions of the gateway's instruments. */
public final class Descriptions {

    private static final Map<String, String> BY_NAME = Map.ofEntries(
            Map.entry("scarfall.connections", "Open connections (Engine.IO sessions)"),
            Map.entry("scarfall.transports", "Open connections by the transport in use"),
            Map.entry("scarfall.received.bytes", "Bytes of WebSocket frames and POST bodies that were received"),
            Map.entry("scarfall.sent.bytes", "Bytes of WebSocket frames and poll bodies that were sent"),
            Map.entry("scarfall.sessions", "Authenticated sockets on this node"),
            Map.entry("scarfall.users", "Distinct users on this node"),
            Map.entry("scarfall.events", "Events received, including refused ones"),
            Map.entry("scarfall.send.message", "Time from an accepted send_message to its ack"),
            Map.entry("scarfall.deliveries", "Recipients of messages sent on this node"),
            Map.entry("scarfall.deliveries.partial", "Recipients with another device that may have missed the message"),
            Map.entry("scarfall.notices", "Notices of friends' status, by receiving user of this node"),
            Map.entry("scarfall.transitions", "Users that came online or went offline by a write of this node"),
            Map.entry("scarfall.authentications", "Authentication attempts of users and services"),
            Map.entry("scarfall.limits", "Crossings of a limit"),
            Map.entry("scarfall.closes", "Connections that ended"),
            Map.entry("scarfall.handler.errors", "Handler calls that failed by a fault of the server"),
            Map.entry("scarfall.sessions.revoked", "Connections that a revocation ended on this node"),
            Map.entry("scarfall.revocations", "Revocations of users and tokens that this node knows"),
            Map.entry("scarfall.sessions.unsettled", "Sessions whose opening is not yet written to the store"),
            Map.entry("scarfall.sessions.unclosed", "Sessions whose end is not yet written to the store"),
            Map.entry("scarfall.cleanup", "Differences between sockets and stored sessions that clean-ups repaired"),
            Map.entry("scarfall.reaped.sessions", "Sessions of dead nodes that this node removed"),
            Map.entry("scarfall.reaped.adopted", "Node epochs that the store had forgotten, with sessions to remove"),
            Map.entry("scarfall.leases.lost", "Leases that this node lost"),
            Map.entry("scarfall.store", "Operations of the store"),
            Map.entry("scarfall.store.failures", "Operations of the store that failed"),
            Map.entry("scarfall.store.unreadable", "Stored values that this node could not read"),
            Map.entry("scarfall.bus.refused", "Messages on the node bus that this node dropped"),
            Map.entry("scarfall.friends.cut", "Reads of lists of friends that left a part out"),
            Map.entry("scarfall.held.bytes", "Bytes that this node holds for clients"),
            Map.entry("scarfall.held.bytes.max", "Limit of the bytes that this node holds for clients"),
            Map.entry("scarfall.links.unanswered", "Envelopes that wait for the answer of another node"),
            Map.entry("scarfall.mailbox.waiting", "Events that wait for their blocking handler"),
            Map.entry("scarfall.eventloop.lag", "Time that an empty task waits for an event loop"),
            Map.entry("scarfall.eventloop.lag.worst.seconds", "The longest event loop lag of the last second"),
            Map.entry("scarfall.certificate.remaining.days", "Days until the certificate expires; NaN without TLS"),
            Map.entry("scarfall.keys.age.seconds", "Age of the issuer's key set; NaN if there is none"),
            Map.entry("scarfall.store.away.partitions", "Partitions of the store that are unreachable from this node"),
            Map.entry("scarfall.healthy", "1 if the node holds its lease, else 0"));

    private Descriptions() {}

    /** The description of an instrument; null for a name that the gateway does not use. */
    public static @Nullable String of(String name) {
        return BY_NAME.get(name);
    }
}
