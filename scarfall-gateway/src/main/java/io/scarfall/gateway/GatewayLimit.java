package io.scarfall.gateway;

import java.util.Locale;

/** The limits of the gateway whose crossings are counted, as {@code scarfall.limits} by {@code limit}. */
public enum GatewayLimit {
    /** Events came faster than {@link RateLimits} allow. */
    RATES,
    /** A user, or a connection of a service, had so many queries under way and waiting that another one was refused. */
    QUERIES,
    /** A client went on sending after so many refusals that it was closed. */
    REFUSALS,
    /** So many proofs in a row were bad that the client was closed. */
    FAILED_AUTHENTICATIONS,
    /** A user had as many authenticated sockets on this node as a user may have. */
    SESSIONS_PER_USER,
    /** A user had as many sessions on all nodes together as a user may have. */
    USER_SESSIONS,
    /** A message had too many recipients. */
    RECIPIENTS,
    /** A message was too large. */
    MESSAGE_BYTES,
    /** The metadata of a message was too large. */
    METADATA_BYTES,
    /** A message was too large for all its recipients together. */
    FAN_OUT_BYTES,
    /** A sender had too many messages without an outcome. */
    UNANSWERED,
    /** A session had too many events that wait for their blocking handler. */
    MAILBOX;

    /** The word in metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
