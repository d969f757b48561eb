package io.scarfall.engineio;

/**
 * Told of every {@link Limit} that a peer runs into. Called on any thread, event loops among them, as often as peers like:
 * it must be cheap, and must not block.
 */
@FunctionalInterface
public interface LimitListener {

    /** A peer ran into a limit; what that costs the peer happens by itself. */
    void exceeded(Limit limit);
}
