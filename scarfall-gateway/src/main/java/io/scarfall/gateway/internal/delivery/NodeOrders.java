package io.scarfall.gateway.internal.delivery;

import io.scarfall.presence.internal.Revocation;
import java.util.concurrent.CompletionStage;

/**
 * What another node may order this one to do with its sessions. An order that fails is found by this node itself, or given
 * again. Thread-safe; nothing blocks.
 */
public interface NodeOrders {

    /** Ends what was revoked, also when it is told again; answers how many sessions that were. */
    CompletionStage<Integer> revoked(Revocation revocation);

    /** Ends a session of this node that has lost its place; answers how many sessions that were. */
    CompletionStage<Integer> displaced(Revocation.Target session);
}
