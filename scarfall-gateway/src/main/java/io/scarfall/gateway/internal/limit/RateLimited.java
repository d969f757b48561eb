package io.scarfall.gateway.internal.limit;

/**
 * The answer to an event that came too fast.
 *
 * @param status {@code error}
 * @param error for people
 * @param code {@link #CODE}
 * @param retryAfterMs after how many milliseconds the same event passes, if nothing else is sent
 */
public record RateLimited(String status, String error, String code, long retryAfterMs) {

    public static final String CODE = "rate_limited";

    /** What people read. */
    public static final String WORDS = "too many events";

    /** Says when to try again. */
    public static RateLimited of(long retryAfterMs) {
        return new RateLimited("error", WORDS, CODE, retryAfterMs);
    }
}
