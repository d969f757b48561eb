package io.scarfall.gateway;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

/**
 * What tokens of users must say, and when a client learns that its token expires. Immutable.
 *
 * @param issuers {@code iss} must be one of these; empty accepts any
 * @param audiences {@code aud}, a string or an array, must name one of these; empty accepts any
 * @param skew the largest difference between the clocks of the issuer and of this node; 5 s, at most 60 s
 * @param warning how long before a token expires the client gets the event {@code token_expiring}; 60 s, but never more than a
 *     fifth of the token's remaining lifetime; zero for never
 * @param claims the claims that {@link Identity#claims} keeps as long as the session; none by default, because each costs memory
 * @param rolesClaim the claim that {@link Identity#roles} are read from: a list of strings, or one string with spaces between
 *     them, such as {@code scope}. {@code realm_access.roles} means {@code roles} in {@code realm_access}, unless a claim has
 *     that very name. {@code roles} by default; empty for none
 */
public record TokenConfig(
        List<String> issuers,
        List<String> audiences,
        Duration skew,
        Duration warning,
        List<String> claims,
        String rolesClaim) {

    /** The largest {@code skew}. */
    public static final Duration MAX_SKEW = Duration.ofSeconds(60);

    /** Any issuer and audience. */
    public static final TokenConfig DEFAULT =
            new TokenConfig(List.of(), List.of(), Duration.ofSeconds(5), Duration.ofSeconds(60), List.of(), "roles");

    public TokenConfig {
        issuers = checked("jwtIssuer", issuers);
        audiences = checked("jwtAudience", audiences);
        claims = checked("claims", claims);
        Objects.requireNonNull(rolesClaim, "rolesClaim");
        boolean isWhole = skew.equals(skew.truncatedTo(ChronoUnit.SECONDS));
        Check.that(
                isWhole && !skew.isNegative() && skew.compareTo(MAX_SKEW) <= 0,
                "skew",
                skew,
                "0 to " + MAX_SKEW + ", in whole seconds");
        Check.that(!warning.isNegative(), "tokenWarning", warning, "0 or more");
    }

    /** With the default {@link #claims} and {@link #rolesClaim}. */
    public TokenConfig(List<String> issuers, List<String> audiences, Duration skew, Duration warning) {
        this(issuers, audiences, skew, warning, List.of(), DEFAULT.rolesClaim);
    }

    private static List<String> checked(String name, List<String> values) {
        for (String value : values) {
            Check.that(!value.isBlank(), name, "blank", "a name or URI");
        }
        return List.copyOf(values);
    }

    /** The same with another {@link #skew}. */
    public TokenConfig withSkew(Duration value) {
        return new TokenConfig(issuers, audiences, value, warning, claims, rolesClaim);
    }

    /** The same with another {@link #warning}. */
    public TokenConfig withWarning(Duration value) {
        return new TokenConfig(issuers, audiences, skew, value, claims, rolesClaim);
    }

    /** The same with other {@link #issuers}. */
    public TokenConfig withIssuers(String... values) {
        return new TokenConfig(List.of(values), audiences, skew, warning, claims, rolesClaim);
    }

    /** The same with other {@link #audiences}. */
    public TokenConfig withAudiences(String... values) {
        return new TokenConfig(issuers, List.of(values), skew, warning, claims, rolesClaim);
    }

    /** The same with other {@link #claims}. */
    public TokenConfig withClaims(String... names) {
        return new TokenConfig(issuers, audiences, skew, warning, List.of(names), rolesClaim);
    }

    /** The same with another {@link #rolesClaim}. */
    public TokenConfig withRolesClaim(String name) {
        return new TokenConfig(issuers, audiences, skew, warning, claims, name);
    }
}
