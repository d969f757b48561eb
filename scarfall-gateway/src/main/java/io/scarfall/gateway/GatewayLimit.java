package io.scarfall.gateway;

import java.util.Locale;

/**
 * The limits of a gateway. The metric {@code scarfall.limits} counts each one that is exceeded, by the tag {@code limit}.
 */
public enum GatewayLimit {
    /** Events came faster than {@link RateLimits} allow. */
    RATES,
    /** A user, or the connection of a service, had too many queries running and waiting. */
    QUERIES,
    /** A client that kept sending after refusals was closed. */
    REFUSALS,
    /** Too many tokens in a row were bad, and the client was closed. */
    FAILED_AUTHENTICATIONS,
    /** A user had the most authenticated sockets that a user may have on this node. */
    SESSIONS_PER_USER,
    /** A user had the most sessions that a user may have on all nodes together. */
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
