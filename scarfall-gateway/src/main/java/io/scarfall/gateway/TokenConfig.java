package io.scarfall.gateway;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What users' tokens have to say beside who they are of, and when their end is announced.
 *
 * @param issuers those of which {@code iss} must name one; empty: it may be anything
 * @param audiences those of which {@code aud}, a string or an array, must name one; empty: it may be anything
 * @param skew how far the clocks of issuer and verifier may be apart; 5 s, at most 60 s
 * @param warning how long before the end of a token a client is told, by the event {@code token_expiring}; 60 s, and for
 *     tokens that live less than five minutes more, a fifth of that; zero: never
 */
public record TokenConfig(List<String> issuers, List<String> audiences, Duration skew, Duration warning) {

    /** The most that is allowed for the difference of clocks. */
    public static final Duration MAX_SKEW = Duration.ofSeconds(60);

    /** Any issuer and audience. */
    public static final TokenConfig DEFAULT =
            new TokenConfig(List.of(), List.of(), Duration.ofSeconds(5), Duration.ofSeconds(60));

    public TokenConfig {
        issuers = checked("jwtIssuer", issuers);
        audiences = checked("jwtAudience", audiences);
        boolean isWhole = skew.equals(skew.truncatedTo(ChronoUnit.SECONDS));
        Check.that(
                isWhole && !skew.isNegative() && skew.compareTo(MAX_SKEW) <= 0,
                "skew",
                skew,
                "0 to " + MAX_SKEW + ", in whole seconds");
        Check.that(!warning.isNegative(), "tokenWarning", warning, "0 or more");
    }

    private static List<String> checked(String name, List<String> values) {
        for (String value : values) {
            Check.that(!value.isBlank(), name, "blank", "a name or URI");
        }
        return List.copyOf(values);
    }

    /** The same with another {@link #skew}. */
    public TokenConfig withSkew(Duration value) {
        return new TokenConfig(issuers, audiences, value, warning);
    }

    /** The same with another {@link #warning}. */
    public TokenConfig withWarning(Duration value) {
        return new TokenConfig(issuers, audiences, skew, value);
    }

    /** The same with other {@link #issuers}. */
    public TokenConfig withIssuers(String... values) {
        return new TokenConfig(List.of(values), audiences, skew, warning);
    }

    /** The same with other {@link #audiences}. */
    public TokenConfig withAudiences(String... values) {
        return new TokenConfig(issuers, List.of(values), skew, warning);
    }
}
