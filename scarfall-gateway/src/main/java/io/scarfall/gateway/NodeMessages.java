package io.scarfall.gateway;

import io.scarfall.gateway.internal.delivery.LocalUsers;
import io.scarfall.gateway.internal.link.BodyHandler;
import io.scarfall.gateway.internal.link.Envelope;
import io.scarfall.gateway.internal.link.Envelope.Body;
import io.scarfall.gateway.internal.link.Envelope.Deliver;
import io.scarfall.gateway.internal.link.Envelope.Displace;
import io.scarfall.gateway.internal.link.Envelope.Notice;
import io.scarfall.gateway.internal.link.Envelope.Revoke;
import io.scarfall.gateway.internal.notice.NoticeSender;
import io.scarfall.gateway.internal.revocation.Revoker;
import io.scarfall.gateway.internal.session.LiveSessions;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Carries out what other nodes send: the only switch over the bodies of envelopes. Thread-safe; nothing blocks.
 *
 * @param users writes messages to the sockets of this node
 * @param notices passes on notices of users' status
 * @param revoker ends what was revoked
 * @param sessions ends sessions that have lost their place
 */
record NodeMessages(LocalUsers users, NoticeSender notices, Revoker revoker, LiveSessions sessions)
        implements BodyHandler {

    private static final CompletionStage<BitSet> NO_BITS = CompletableFuture.completedStage(new BitSet(0));

    @Override
    public CompletionStage<BitSet> handle(Body body) {
        if (body instanceof Deliver deliver) {
            return users.deliver(deliver);
        } else if (body instanceof Notice notice) {
            notices.received(notice);
            return NO_BITS;
        } else if (body instanceof Revoke revoke) {
            return ended(revoker.carryOut(revoke.revocation()));
        } else if (body instanceof Displace displace) {
            return ended(sessions.displace(displace.session()).thenApply(open -> open ? 1 : 0));
        }
        throw new AssertionError(body);
    }

    /** An order that failed counts as not carried out for its sender: this node finds it at its next beat, or gets it again. */
    private static CompletionStage<BitSet> ended(CompletionStage<Integer> carriedOut) {
        return carriedOut.handle((count, error) -> error == null ? Envelope.ended(count) : new BitSet(0));
    }
}
