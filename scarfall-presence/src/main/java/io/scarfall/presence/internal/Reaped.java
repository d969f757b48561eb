package io.scarfall.presence.internal;

import io.scarfall.presence.internal.check.Check;
import java.util.List;

/**
 * What one call of {@link NodeReaper#reap} did.
 *
 * @param transitions what it changed, all {@code WENT_OFFLINE}; a user with a session elsewhere is not among them.
 *     Immutable
 * @param sessions how many sessions of dead nodes it removed
 * @param more whether there may be more to do, so that the caller goes on soon instead of at its next beat
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
