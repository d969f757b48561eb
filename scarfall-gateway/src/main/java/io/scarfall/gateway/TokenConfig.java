package io.scarfall.gateway;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What tokens of users must say, and when a client learns that its token expires. Immutable.
 *
 * @param issuers {@code iss} must be one of these; empty accepts any
 * @param audiences {@code aud}, a string or an array, must name one of these; empty accepts any
 * @param skew the largest difference between the clocks of the issuer and of this node; 5 s, at most 60 s
 * @param warning how long before a token expires the client gets the event {@code token_expiring}; 60 s, but never more than a
 *     fifth of the token's remaining lifetime; zero for never
 */
public record TokenConfig(List<String> issuers, List<String> audiences, Duration skew, Duration warning) {

    /** The largest {@code skew}. */
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
