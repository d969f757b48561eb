package io.scarfall.gateway.internal.link;

/**
 * How long the frames of a link live. All links of one kind use the same lane.
 *
 * @param applyMillis how long after sending the receiver may apply a frame
 * @param answerNanos how long the sender waits for the answer
 */
record Lane(long applyMillis, long answerNanos) {}
