package io.scarfall.engineio;

import java.util.Locale;

/** A bound that a peer can run into. What happens then is told by the setting behind it. */
public enum Limit {
    /** TCP connections of a server. */
    CONNECTIONS,
    /** TCP connections of one address. */
    CONNECTIONS_PER_ADDRESS,
    /** New connections that wait for their turn, or for how long. */
    WAITING_CONNECTIONS,
    /** Sessions of a server. */
    SESSIONS,
    /** Sessions of one address. */
    SESSIONS_PER_ADDRESS,
    /** How fast one address opens sessions. */
    CONNECT_RATE,
    /** The time of a TLS handshake. */
    TLS_HANDSHAKE_TIMEOUT,
    /** The length of an HTTP request line. */
    REQUEST_LINE,
    /** The length of a request's HTTP headers together. */
    HEADER_BYTES,
    /** The number of a request's HTTP headers. */
    HEADERS,
    /** The time until the head of an HTTP request is complete. */
    HEAD_TIMEOUT,
    /** The time until the body of an HTTP request is complete. */
    BODY_TIMEOUT,
    /** HTTP requests that are sent before those in front of them are answered. */
    PIPELINED_REQUESTS,
    /** The size of a message, or of the body of a POST. */
    PAYLOAD,
    /** What a peer may send in one piece before it is trusted. */
    UNTRUSTED_BYTES,
    /** What all peers together make the server hold. */
    MEMORY,
    /** What one address makes the server hold. */
    MEMORY_PER_ADDRESS,
    /** What waits for a peer that does not read. */
    UNSENT_BYTES,
    /** How long a peer may take nothing of what waits for it. */
    SLOW_TIMEOUT,
    /** Binary attachments of a packet. */
    ATTACHMENTS,
    /** Arguments of an event or ack. */
    ARGUMENTS,
    /** How deep JSON is nested. */
    JSON_DEPTH,
    /** The length of a number in JSON. */
    JSON_NUMBER_LENGTH,
    /** Names of members in the JSON of a packet. */
    JSON_KEYS;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The name in metrics, such as {@code json_depth}; it stays. */
    public String word() {
        return word;
    }
}
