package io.scarfall.engineio;

import java.util.Locale;

/**
 * A bound that a peer can exceed. The documentation of its setting says what happens then. Thread-safe, as all enums.
 */
public enum Limit {
    /** TCP connections of a server. */
    CONNECTIONS,
    /** TCP connections of one address. */
    CONNECTIONS_PER_ADDRESS,
    /** New connections that wait for their turn, and how long they wait. */
    WAITING_CONNECTIONS,
    /** Sessions of a server. */
    SESSIONS,
    /** Sessions of one address. */
    SESSIONS_PER_ADDRESS,
    /** The rate at which one address opens sessions. */
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
    /** HTTP requests that are sent before earlier ones are answered. */
    PIPELINED_REQUESTS,
    /** The size of a message, or of the body of a POST. */
    PAYLOAD,
    /** The size of what a peer sends in one piece before it is trusted. */
    UNTRUSTED_BYTES,
    /** The memory that is held for all peers together. */
    MEMORY,
    /** The memory that is held for one address. */
    MEMORY_PER_ADDRESS,
    /** The bytes that wait for a peer that does not read. */
    UNSENT_BYTES,
    /** The time for which a peer takes nothing of what waits for it. */
    SLOW_TIMEOUT,
    /** Binary attachments of a packet. */
    ATTACHMENTS,
    /** Namespaces of one session, and namespaces by pattern of a server. */
    NAMESPACES,
    /** Arguments of an event or ack. */
    ARGUMENTS,
    /** The nesting of JSON. */
    JSON_DEPTH,
    /** The length of a number in JSON. */
    JSON_NUMBER_LENGTH,
    /** Member names in the JSON of a packet. */
    JSON_KEYS;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The name in metrics, such as {@code json_depth}; it never changes. */
    public String word() {
        return word;
    }
}
