package io.scarfall.engineio;

import io.scarfall.engineio.internal.Check;
import java.time.Duration;

/**
 * Limits of HTTP requests. A request beyond them is answered with the status below, and its connection closed. Immutable.
 *
 * @param maxRequestLineBytes 16 KiB; 414
 * @param maxHeaderBytes of all headers together; 32 KiB; 431
 * @param maxHeaders how many headers; 100; 431
 * @param headTimeout from the connection's start, its TLS handshake, or a later request's first byte, to the request's
 *     complete head; 10 s; 408, or nothing where nothing came
 * @param bodyTimeout from a request's complete head to its complete body; 30 s; 408
 * @param idleTimeout how long a connection is kept without a request; 60 s; closed without an answer
 * @param tlsHandshakeTimeout 10 s; closed without an answer
 */
public record HttpLimits(
        int maxRequestLineBytes,
        int maxHeaderBytes,
        int maxHeaders,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration idleTimeout,
        Duration tlsHandshakeTimeout) {

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
