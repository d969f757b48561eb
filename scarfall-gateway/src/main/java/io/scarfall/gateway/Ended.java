package io.scarfall.gateway;

import java.util.List;

/**
 * What a revocation has ended so far. Later connections are refused by every node in any case.
 *
 * @param sessions how many open connections were ended, as far as nodes have said
 * @param unconfirmed the names of nodes that did not say within seconds: each ends what it has as soon as it reaches the
 *     store again, and one that cannot loses its sessions anyway
 */
public record Ended(int sessions, List<String> unconfirmed) {

    /** Copies the list. */
    public Ended {
        unconfirmed = List.copyOf(unconfirmed);
    }
}
