package io.scarfall.gateway;

import java.time.Duration;

/**
 * Limits of messages. A message beyond one of them is refused whole, with the name of the limit.
 *
 * @param maxRecipients how many recipients a message may have; 1,000
 * @param maxUserIdLength how many characters the id of a user may have; 128
 * @param maxMessageBytes how large the message may be, as JSON; 1,000,000
 * @param maxMetadataBytes how large the metadata may be, as JSON; 65,536
 * @param maxFanOutBytes how large the message may be for all its recipients together; 64 MiB
 * @param maxUnanswered how many messages of one sender may wait for their outcome at once; 1,024
 * @param applyTimeout how long after it was sent another node may still hand a message over; 2 s
 * @param answerTimeout how long the answer of another node is waited for, before an outcome is uncertain; 12 s
 */
public record DeliveryConfig(
        int maxRecipients,
        int maxUserIdLength,
        int maxMessageBytes,
        int maxMetadataBytes,
        long maxFanOutBytes,
        int maxUnanswered,
        Duration applyTimeout,
        Duration answerTimeout) {

    /** What an event has around message and metadata, with a few recipients. */
    public static final int ENVELOPE_BYTES = 512;

    /**
     * How large a payload of a connection may be by default: it holds the largest message with the largest metadata and as many
     * recipients as there may be, so each of these limits answers for itself.
     */
    public static final int DEFAULT_PAYLOAD_BYTES = 1_200_000;

    /** What clients are told of it, as by the reference implementation. */
    public static final int ANNOUNCED_PAYLOAD_BYTES = 1_000_000;

    /** The longest that {@code maxUserIdLength} may be, so that an id fits into the keys of a store. */
    public static final int LONGEST_USER_ID = 512;

    /** The longest that an answer may be waited for. */
    public static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);

    public static final DeliveryConfig DEFAULT = new DeliveryConfig(
            1_000, 128, 1_000_000, 65_536, 64L << 20, 1_024, Duration.ofSeconds(2), Duration.ofSeconds(12));

    public DeliveryConfig {
        Check.positive("maxRecipients", maxRecipients);
        Check.positive("maxUserIdLength", maxUserIdLength);
        Check.that(
                maxUserIdLength <= LONGEST_USER_ID, "maxUserIdLength", maxUserIdLength, "at most " + LONGEST_USER_ID);
        Check.positive("maxMessageBytes", maxMessageBytes);
        Check.positive("maxMetadataBytes", maxMetadataBytes);
        Check.positive("maxFanOutBytes", maxFanOutBytes);
        Check.positive("maxUnanswered", maxUnanswered);
        Check.positive("applyTimeout", applyTimeout);
        Check.that(
                answerTimeout.compareTo(applyTimeout) >= 0,
                "answerTimeout",
                answerTimeout,
                "at least the applyTimeout, " + applyTimeout);
        Check.that(
                answerTimeout.compareTo(LONGEST_ANSWER) <= 0,
                "answerTimeout",
                answerTimeout,
                "at most " + LONGEST_ANSWER);
    }

    /**
     * How large a payload of the connection has to be at least. A smaller bound there would end the session of a client before one of these limits
     * could answer.
     */
    public long leastPayloadBytes() {
        return (long) maxMessageBytes + maxMetadataBytes + ENVELOPE_BYTES;
    }

    /** The same with another {@link #maxRecipients}. */
    public DeliveryConfig withMaxRecipients(int value) {
        return new DeliveryConfig(
                value,
                maxUserIdLength,
                maxMessageBytes,
                maxMetadataBytes,
                maxFanOutBytes,
                maxUnanswered,
                applyTimeout,
                answerTimeout);
    }

    /** The same with another {@link #maxUserIdLength}. */
    public DeliveryConfig withMaxUserIdLength(int value) {
        return new DeliveryConfig(
                maxRecipients,
                value,
                maxMessageBytes,
                maxMetadataBytes,
                maxFanOutBytes,
                maxUnanswered,
                applyTimeout,
                answerTimeout);
    }

    /** The same with another {@link #maxMessageBytes}. */
    public DeliveryConfig withMaxMessageBytes(int value) {
        return new DeliveryConfig(
                maxRecipients,
                maxUserIdLength,
                value,
                maxMetadataBytes,
                maxFanOutBytes,
                maxUnanswered,
                applyTimeout,
                answerTimeout);
    }

    /** The same with another {@link #maxMetadataBytes}. */
    public DeliveryConfig withMaxMetadataBytes(int value) {
        return new DeliveryConfig(
                maxRecipients,
                maxUserIdLength,
                maxMessageBytes,
                value,
                maxFanOutBytes,
                maxUnanswered,
                applyTimeout,
                answerTimeout);
    }

    /** The same with another {@link #maxFanOutBytes}. */
    public DeliveryConfig withMaxFanOutBytes(long value) {
        return new DeliveryConfig(
                maxRecipients,
                maxUserIdLength,
                maxMessageBytes,
                maxMetadataBytes,
                value,
                maxUnanswered,
                applyTimeout,
                answerTimeout);
    }

    /** The same with another {@link #maxUnanswered}. */
    public DeliveryConfig withMaxUnanswered(int value) {
        return new DeliveryConfig(
                maxRecipients,
                maxUserIdLength,
                maxMessageBytes,
                maxMetadataBytes,
                maxFanOutBytes,
                value,
                applyTimeout,
                answerTimeout);
    }

    /** The same with another {@link #applyTimeout}. */
    public DeliveryConfig withApplyTimeout(Duration value) {
        return new DeliveryConfig(
                maxRecipients,
                maxUserIdLength,
                maxMessageBytes,
                maxMetadataBytes,
                maxFanOutBytes,
                maxUnanswered,
                value,
                answerTimeout);
    }

    /** The same with another {@link #answerTimeout}. */
    public DeliveryConfig withAnswerTimeout(Duration value) {
        return new DeliveryConfig(
                maxRecipients,
                maxUserIdLength,
                maxMessageBytes,
                maxMetadataBytes,
                maxFanOutBytes,
                maxUnanswered,
                applyTimeout,
                value);
    }
}
