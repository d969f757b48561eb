package io.scarfall.gateway.internal.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.OverloadedException;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.socketio.packet.Arguments;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Clients depend on each field, its order and its absence. */
class FailureTest {

    private static String json(Object answer) {
        return Arguments.of(answer).json().utf8();
    }

    @Test
    void clientsSeeOnlyTheFieldsThatApply() {
        assertThat(json(Failure.of("words", "code")))
                .isEqualTo("{\"status\":\"error\",\"error\":\"words\",\"code\":\"code\"}");
        assertThat(json(Failure.rateLimited(7)))
                .isEqualTo("{\"status\":\"error\",\"error\":\"too many events\",\"code\":\"rate_limited\","
                        + "\"retryAfterMs\":7}");
        assertThat(json(Failure.of(TokenRefusedException.revoked())))
                .isEqualTo("{\"status\":\"error\",\"error\":\"the token has been revoked\",\"code\":\"revoked\","
                        + "\"retry\":false}");
        assertThat(json(Failure.of(TokenRefusedException.unavailable())))
                .isEqualTo("{\"status\":\"error\",\"error\":\"the token cannot be verified at this moment\","
                        + "\"code\":\"unavailable\",\"retry\":true}");
        assertThat(json(new ConnectFailure("revoked", false))).isEqualTo("{\"code\":\"revoked\",\"retry\":false}");
    }

    @Test
    void aMessageThatWasNotTriedHasTheShapeOfADelivery() {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(1_000), ZoneOffset.UTC);
        CompletionException error = new CompletionException(new OverloadedException(8));
        assertThat(json(SendFailure.of(error, clock)))
                .startsWith(
                        "{\"status\":\"error\",\"error\":\"too many at once (expected: at most 8)\","
                                + "\"code\":\"overloaded\",\"recipients\":{\"total\":0,\"sent\":[],\"failed\":[]},\"timestamp\":");
        assertThat(SendFailure.of(new CompletionException((Throwable) null), clock)
                        .code())
                .isEqualTo("internal");
    }
}
