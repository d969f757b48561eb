package io.scarfall.engineio;

import io.scarfall.engineio.internal.Check;
import java.time.Duration;

/**
 * Bounds of HTTP requests. The server answers a request beyond a bound with the status below, and closes the
 * connection. Immutable and thread-safe. Each value must be positive: the constructor throws {@link
 * IllegalArgumentException}. In the descriptions, the value after a semicolon is the default.
 *
 * @param maxRequestLineBytes longest request line; 16 KiB; status 414
 * @param maxHeaderBytes largest size of all headers together; 32 KiB; status 431
 * @param maxHeaders how many headers a request may have; 100; status 431
 * @param headTimeout time limit for the head of a request, from the start of the connection, the end of its TLS
 *     handshake, or the first byte of a later request; 10 s; status 408, or no answer if nothing came
 * @param bodyTimeout time limit for the body of a request, from its complete head; 30 s; status 408
 * @param idleTimeout how long the server keeps a connection without a request; 60 s; it closes without an answer
 * @param tlsHandshakeTimeout time limit for the TLS handshake; 10 s; the server closes without an answer
 */
public record HttpLimits(
        int maxRequestLineBytes,
        int maxHeaderBytes,
        int maxHeaders,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration idleTimeout,
        Duration tlsHandshakeTimeout) {

    /** The limits of a server that sets none. */
    public static final HttpLimits DEFAULT = new HttpLimits(
            16 * 1024,
            32 * 1024,
            100,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10));

    public HttpLimits {
        Check.positive("maxRequestLineBytes", maxRequestLineBytes);
        Check.positive("maxHeaderBytes", maxHeaderBytes);
        Check.positive("maxHeaders", maxHeaders);
        Check.positive("headTimeout", headTimeout);
        Check.positive("bodyTimeout", bodyTimeout);
        Check.positive("idleTimeout", idleTimeout);
        Check.positive("tlsHandshakeTimeout", tlsHandshakeTimeout);
    }

    public HttpLimits withMaxRequestLineBytes(int value) {
        return new HttpLimits(
                value, maxHeaderBytes, maxHeaders, headTimeout, bodyTimeout, idleTimeout, tlsHandshakeTimeout);
    }

    public HttpLimits withMaxHeaderBytes(int value) {
        return new HttpLimits(
                maxRequestLineBytes, value, maxHeaders, headTimeout, bodyTimeout, idleTimeout, tlsHandshakeTimeout);
    }

    public HttpLimits withMaxHeaders(int value) {
        return new HttpLimits(
                maxRequestLineBytes, maxHeaderBytes, value, headTimeout, bodyTimeout, idleTimeout, tlsHandshakeTimeout);
    }

    public HttpLimits withHeadTimeout(Duration value) {
        return new HttpLimits(
                maxRequestLineBytes, maxHeaderBytes, maxHeaders, value, bodyTimeout, idleTimeout, tlsHandshakeTimeout);
    }

    public HttpLimits withBodyTimeout(Duration value) {
        return new HttpLimits(
                maxRequestLineBytes, maxHeaderBytes, maxHeaders, headTimeout, value, idleTimeout, tlsHandshakeTimeout);
    }

    public HttpLimits withIdleTimeout(Duration value) {
        return new HttpLimits(
                maxRequestLineBytes, maxHeaderBytes, maxHeaders, headTimeout, bodyTimeout, value, tlsHandshakeTimeout);
    }

    public HttpLimits withTlsHandshakeTimeout(Duration value) {
        return new HttpLimits(
                maxRequestLineBytes, maxHeaderBytes, maxHeaders, headTimeout, bodyTimeout, idleTimeout, value);
    }
}
