package io.scarfall.gateway;

import java.util.List;

/**
 * The sessions that a revocation has ended so far. Every node refuses later connections in any case.
 *
 * @param sessions the number of connections that were ended, as far as nodes have answered
 * @param unconfirmed the names of nodes that did not answer within seconds. Such a node ends its sessions as soon as it reaches
 *     the store; a node that cannot reach the store loses its sessions anyway
 */
public record Ended(int sessions, List<String> unconfirmed) {

    /** Copies the list. */
    public Ended {
        unconfirmed = List.copyOf(unconfirmed);
    }
}
