package io.scarfall.gateway;

import java.time.Duration;

/**
 * Limits of messages. A message that exceeds one is refused as a whole, and the error names the limit. Immutable.
 *
 * @param maxRecipients the most recipients of a message; 1,000
 * @param maxUserIdLength the most characters of a user id; 128
 * @param maxMessageBytes the largest message, as JSON; 1,000,000
 * @param maxMetadataBytes the largest metadata, as JSON; 65,536
 * @param maxFanOutBytes the largest message times its recipients; 64 MiB
 * @param maxUnanswered the most messages of one sender that wait for their outcome at once; 1,024
 * @param applyTimeout after this long, from when the sender's node takes a message, another node no longer delivers it; it
 *     counts as failed; 2 s
 * @param answerTimeout after this long without an answer of another node the outcome is uncertain; 12 s
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

    /** The room for an event around message and metadata, with a few recipients. */
    public static final int ENVELOPE_BYTES = 512;

    /**
     * The default for the largest payload of a connection. It holds the largest message with the largest metadata and the most
     * recipients, so each of these limits answers for itself.
     */
    public static final int DEFAULT_PAYLOAD_BYTES = 1_200_000;

    /** The largest payload that the handshake announces, as the reference implementation does. */
    public static final int ANNOUNCED_PAYLOAD_BYTES = 1_000_000;

    /** The largest {@code maxUserIdLength}: such an id still fits into the keys of a store. */
    public static final int LONGEST_USER_ID = 512;

    /** The largest {@code answerTimeout}. */
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
     * The least bound for payloads of a connection. A smaller one would end the session of a client before one of these limits
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
