package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.internal.message.JsonText;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.socketio.packet.Arguments;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code ping}: answers with the time. The guard before this handler counts the event as activity. */
final class PingHandler implements UserHandler<Arguments> {

    private static final int LENGTH = 44;

    private final Clock clock;

    PingHandler(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Object handle(LiveSession session, @Nullable Arguments ignored) {
        JsonText text = new JsonText(LENGTH)
                .ascii("{\"timestamp\":")
                .time(clock.instant())
                .ascii("}");
        return new Arguments(text.bytes(), List.of());
    }
}
