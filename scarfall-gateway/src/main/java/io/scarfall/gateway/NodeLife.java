package io.scarfall.gateway;

import io.scarfall.gateway.internal.control.Revoker;
import io.scarfall.gateway.internal.control.SessionPlaces;
import io.scarfall.gateway.internal.delivery.NodeLinks;
import io.scarfall.gateway.internal.delivery.UserDelivery;
import io.scarfall.gateway.internal.node.Membership;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.user.LiveSessions;
import io.scarfall.gateway.internal.user.PresenceNotifier;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.Transition;

/**
 * What happens on this node when its membership changes, and in which order.
 *
 * <p>After an outage of the store nobody knows what it has kept. So a node that joins anew, or whose beat says that the
 * store may have lost data, makes up for it from what it knows itself: first what keeps clients out (revocations), then
 * what friends were told, then the sessions. The order matters:
 *
 * <ol>
 *   <li>Revocations are restored first. A session that is written again afterwards is looked at with the complete list.
 *   <li>Notices are marked as doubtful before sessions are written, since those writes cause notices of their own, which
 *       must not be taken for what was known before.
 *   <li>Sessions are written last, and an audit follows that finds what the store has beside them.
 * </ol>
 */
record NodeLife(
        UserDelivery delivery,
        NodeLinks links,
        LiveSessions sessions,
        Revoker revoker,
        SessionPlaces places,
        PresenceNotifier notifier,
        StoreClock storeClock)
        implements Membership.Callbacks {

    @Override
    public void received(byte[] message) {
        delivery.received(message, revoker);
    }

    /** The sessions of the epoch before are ignored by the others: they have to be opened under the new one. */
    @Override
    public void joined() {
        revoker.doubt();
        notifier.doubt();
        sessions.reopenAll();
    }

    @Override
    public boolean isSettled() {
        return sessions.isSettled();
    }

    @Override
    public void beat(Beat beat) {
        // the clock first: all that follows measures by it; then who is a member, since links to the dead only hold
        // work
        storeClock.learn(beat.time());
        links.retain(beat.live());
        if (beat.doubtful()) {
            revoker.doubt();
            notifier.doubt();
            sessions.reopenAll();
            sessions.audit();
        }
        // then what each beat does: what others revoked, whose places are free, what the store did not take before, and
        // last the notices, which are about the state that all this has led to
        revoker.beat(beat.live());
        places.beat(beat.live());
        sessions.settle();
        notifier.beat(beat.time());
    }

    @Override
    public void reaped(Transition transition) {
        notifier.notify(transition);
    }
}
