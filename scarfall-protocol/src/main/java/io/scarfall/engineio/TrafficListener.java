package io.scarfall.engineio;

/**
 * Counts the bytes of sessions: WebSocket frames with their headers, and the bodies of polls and POSTs, without HTTP
 * heads and TLS. Called on event loops for each read and write: it must be cheap, and must neither block nor throw.
 */
public interface TrafficListener {

    /** Counts nothing. */
    TrafficListener NONE = new TrafficListener() {
        @Override
        public void received(String transport, long bytes) {}

        @Override
        public void sent(String transport, long bytes) {}
    };

    /** Bytes came from a peer, by the transport {@code polling} or {@code websocket}. */
    void received(String transport, long bytes);

    /** Bytes were handed to the network for a peer. */
    void sent(String transport, long bytes);
}
