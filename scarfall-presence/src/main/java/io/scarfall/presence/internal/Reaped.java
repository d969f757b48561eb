package io.scarfall.presence.internal;

import io.scarfall.presence.internal.check.Check;
import java.util.List;

/**
 * The result of one call of {@link NodeReaper#reap}. Immutable.
 *
 * @param transitions the changes of status, all {@code WENT_OFFLINE}; a user with a session on another node is not
 *     among them
 * @param sessions how many sessions of dead nodes it removed
 * @param more whether more may be due, so that the caller continues soon and not only after its next beat
 */
public record Reaped(List<Transition> transitions, int sessions, boolean more) {

    private static final Reaped NOTHING = new Reaped(List.of(), 0, false);

    /**
     * Copies the transitions.
     *
     * @throws IllegalArgumentException if the count is negative
     */
    public Reaped {
        transitions = List.copyOf(transitions);
        Check.atLeast("sessions", sessions, 0);
    }

    /** Nothing was due. */
    public static Reaped nothing() {
        return NOTHING;
    }
}
