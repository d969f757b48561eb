package io.scarfall.gateway.internal.link;

/**
 * How long the frames of a link live. Links of one kind share a lane.
 *
 * @param applyMillis how long after it was sent the receiver may apply a frame
 * @param answerNanos how long the sender waits for the answer
 */
record Lane(long applyMillis, long answerNanos) {}
