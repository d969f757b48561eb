package io.scarfall.gateway;

import io.scarfall.gateway.internal.link.LinkReceiver;
import io.scarfall.gateway.internal.link.NodeLinks;
import io.scarfall.gateway.internal.node.Membership;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.notice.FriendNotifier;
import io.scarfall.gateway.internal.notice.NoticeRepair;
import io.scarfall.gateway.internal.revocation.Revoker;
import io.scarfall.gateway.internal.session.SessionPlaces;
import io.scarfall.gateway.internal.session.SessionSync;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.Transition;

/**
 * What happens on this node when its membership changes, and in which order.
 *
 * <p>After an outage of the store, no node knows what the store has kept. So a node that takes a new epoch, or whose beat says
 * that the store may have lost data, makes up for it from what it knows itself: first what keeps clients out (revocations),
 * then what friends have read, then the sessions. The order matters:
 *
 * <ol>
 *   <li>Revocations are restored first: sessions that are written again afterwards are checked against the complete list.
 *   <li>The repair of notices begins before sessions are written, since those writes cause notices of their own, which must
 *       not be taken for what friends knew before.
 *   <li>Sessions are written last. An audit follows, which finds what the store has beside them.
 * </ol>
 */
record NodeLife(
        LinkReceiver receiver,
        NodeLinks links,
        SessionSync sessions,
        Revoker revoker,
        SessionPlaces places,
        FriendNotifier notifier,
        NoticeRepair repair,
        StoreClock storeClock)
        implements Membership.Callbacks {

    @Override
    public void received(byte[] message) {
        receiver.receive(message);
    }

    /** Other nodes ignore sessions of an earlier epoch: they have to be opened under the new one. */
    @Override
    public void joined() {
        revoker.rereadAll();
        repair.begin();
        sessions.reopenAll();
    }

    @Override
    public boolean isSettled() {
        return sessions.hasWrittenAll();
    }

    @Override
    public void beat(Beat beat) {
        // the clock first, since all that follows measures by it; then the members, since links to dead nodes only hold
        // work
        storeClock.learn(beat.time());
        receiver.updateMembers(beat.live());
        links.updateMembers(beat.live());
        if (beat.doubtful()) {
            revoker.rereadAll();
            repair.begin();
            sessions.reopenAll();
            sessions.cleanUpInDoubt();
        }
        // then what each beat does: what other nodes revoked, which orders had no answer, what the store did not take
        // before,
        // and last the notices, which are about the state that all this has led to
        revoker.readNew(beat.live());
        places.repeatOrders(beat.live());
        sessions.writeAgain();
        repair.repairIfDue(beat.time());
    }

    @Override
    public void reaped(Transition transition) {
        notifier.notify(transition);
    }
}
