package io.scarfall.gateway.internal.metrics;

import io.scarfall.engineio.TrafficListener;
import io.scarfall.gateway.Metrics;

/** Counts the bytes of a port by transport: {@code scarfall.received.bytes} and {@code scarfall.sent.bytes}. Thread-safe. */
public final class TrafficCounter implements TrafficListener {

    private static final String POLLING = "polling";
    private static final String WEBSOCKET = "websocket";

    private final Metrics.Counter receivedByPolling;
    private final Metrics.Counter receivedByWebSocket;
    private final Metrics.Counter sentByPolling;
    private final Metrics.Counter sentByWebSocket;

    /** @param port the port's name in tags */
    public TrafficCounter(Metrics metrics, String port) {
        receivedByPolling = metrics.counter("scarfall.received.bytes", "port", port, "transport", POLLING);
        receivedByWebSocket = metrics.counter("scarfall.received.bytes", "port", port, "transport", WEBSOCKET);
        sentByPolling = metrics.counter("scarfall.sent.bytes", "port", port, "transport", POLLING);
        sentByWebSocket = metrics.counter("scarfall.sent.bytes", "port", port, "transport", WEBSOCKET);
    }

    @Override
    public void received(String transport, long bytes) {
        (transport.equals(POLLING) ? receivedByPolling : receivedByWebSocket).add(bytes);
    }

    @Override
    public void sent(String transport, long bytes) {
        (transport.equals(POLLING) ? sentByPolling : sentByWebSocket).add(bytes);
    }
}
