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
 * What this node does when its membership changes, and in which order.
 *
 * <p>After an outage, no node knows what the store has kept. So a node that joins under a new epoch, or whose beat says that
 * the store may have lost data, restores what it knows itself. The order matters:
 *
 * <ol>
 *   <li>Revocations come first, so that clients that reconnect are checked against the complete list.
 *   <li>The repair of notices begins before sessions are written again. Those writes cause notices of their own, which must not
 *       count as what friends knew before the outage.
 *   <li>Sessions are written last. Then an audit finds the sessions in the store that have no socket here.
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
        // First the clock, because everything below measures by it; then the members, because links to dead nodes only
        // hold work that no node answers.
        storeClock.learn(beat.time());
        receiver.updateMembers(beat.live());
        links.updateMembers(beat.live());
        if (beat.doubtful()) {
            revoker.rereadAll();
            repair.begin();
            sessions.reopenAll();
            sessions.cleanUpInDoubt();
        }
        // On every beat: revocations of other nodes, orders without an answer, and writes that the store did not take.
        // Notices come last, because they report the state that results from all this.
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
