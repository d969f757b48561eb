package io.scarfall.gateway.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.RateLimits;
import io.scarfall.gateway.RateLimits.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rate limits, and their text form for operators. */
class RateLimitsTest {
    @Test
    void readsDifferencesFromTheDefaults() {
        assertThat(RateLimits.parse(
                        "session=7/8, user=9/10, send_message=2, get_online_users=0, mode=count, recipients=7"))
                .isEqualTo(RateLimits.DEFAULT
                        .withSession(7, 8)
                        .withUser(9, 10)
                        .withCost("send_message", 2)
                        .withCost("get_online_users", 0)
                        .withRecipientsPerCost(7)
                        .with(Mode.COUNT));
        assertThat(RateLimits.parse(" session = 7 / 8 ")).isEqualTo(RateLimits.DEFAULT.withSession(7, 8));
        assertThat(RateLimits.parse("off")).isEqualTo(RateLimits.OFF);
        assertThat(RateLimits.parse("mode=off, connect=9").mode()).isEqualTo(Mode.OFF);
    }

    @Test
    void writesWhatItReads() {
        assertThat(RateLimits.OFF).hasToString("off");
        assertThat(RateLimits.DEFAULT)
                .hasToString("session=200/2000, user=600/6000, recipients=2, listed=10, queries=2/50,"
                        + " requests=32/1000, mode=enforce, authenticate=5, connect=5,"
                        + " get_all_online_users=10, get_detailed_online_users=10, get_online_friends_only=5,"
                        + " get_online_users=5, send_message=1");
        for (RateLimits limits : new RateLimits[] {
            RateLimits.DEFAULT,
            RateLimits.OFF,
            RateLimits.DEFAULT
                    .withSession(1, 2)
                    .withUser(3, 4)
                    .withCost("zug", 5)
                    .withListedPerCost(7)
                    .withQueries(new RateLimits.UnderWay(5, 0))
                    .withRequests(new RateLimits.UnderWay(6, 7))
                    .with(Mode.COUNT),
            RateLimits.DEFAULT.withCost("zug", 5).with(Mode.OFF)
        }) {
            assertThat(RateLimits.parse(limits.toString())).isEqualTo(limits);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "session=100;                 session: 100 (expected: a rate per second and a burst, such as 200/2000)",
                "session=a/b;                 session: a (expected: a rate per second and a burst, such as 200/2000)",
                "session=1/2/3;               session: 2/3 (expected: a rate per second and a burst, such as 200/2000)",
                "user=0/5;                    user: perSecond: 0 (expected: 1 to 1000000)",
                "mode=on;                     mode: on (expected: enforce, count or off)",
                "recipients=0;                recipients: 0 (expected: > 0)",
                "ping=x;                      ping: x (expected: a cost of 0 to 1000000)",
                "ping=-1;                     ping: -1 (expected: a cost of 0 to 1000000)",
                "ping=99999999999;            ping: 99999999999 (expected: a cost of 0 to 1000000)",
                "ping=1, ping=2;              ping: 2 (expected: once)",
                "'a b=1';                     event: a b (expected: 1 to 128 characters without",
                "ping;                        rate limits: ping (expected: off, or such as session=200/2000",
                "ping=;                       rate limits: ping= (expected: off",
                "'ping=1,';                   rate limits:  (expected: off",
                "'';                          rate limits:  (expected: off",
                "100;                         rate limits: 100 (expected: off"
            })
    void reportsTheMistake(String text, String message) {
        assertThatThrownBy(() -> RateLimits.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void anEventCannotHaveTheNameOfASetting() {
        assertThatThrownBy(() -> RateLimits.DEFAULT.withCost("user", 1))
                .hasMessageStartingWith("event: user (expected");
    }

    @Test
    void recipientsAddToTheCost() {
        assertThat(RateLimits.DEFAULT.recipientsCost(5)).isZero();
        assertThat(RateLimits.DEFAULT.recipientsCost(6)).isEqualTo(1);
        assertThat(RateLimits.DEFAULT.recipientsCost(1_000)).isEqualTo(498);
        assertThat(RateLimits.DEFAULT.cost("send_message") + RateLimits.DEFAULT.recipientsCost(1_000))
                .as("the largest message fits into a burst several times")
                .isLessThan(RateLimits.DEFAULT.session().burst() / 3);
        assertThat(RateLimits.DEFAULT.withSession(1, 30).recipientsCost(1_000)).isEqualTo(29);
        assertThat(RateLimits.DEFAULT.withUser(1, 20).recipientsCost(1_000)).isEqualTo(19);
        assertThat(RateLimits.DEFAULT.cost("an embedder's")).isEqualTo(1);
    }

    @Test
    void refusesInvalidValues() {
        assertThatThrownBy(() -> new LimitConfig(RateLimits.DEFAULT, 0, 5))
                .hasMessage("maxSessionsPerUser: 0 (expected: > 0)");
        assertThatThrownBy(() -> new LimitConfig(RateLimits.DEFAULT, 1, 0))
                .hasMessage("maxFailedAuthentications: 0 (expected: > 0)");
    }
}
