package io.scarfall.gateway.internal.link;

import java.util.BitSet;
import java.util.concurrent.CompletionStage;

/** Carries out the bodies of frames that other nodes send. Thread-safe; must not block. */
@FunctionalInterface
public interface BodyHandler {

    /**
     * Carries out a body. Each body arrives once. The bodies of one link arrive in the order in which the sender sent
     * them.
     *
     * @return the answer to the sender, in the bits that {@link Envelope.Body} defines; if the stage fails, the sender
     *     gets no answer
     */
    CompletionStage<BitSet> handle(Envelope.Body body);
}
