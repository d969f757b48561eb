package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Places;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Takes places by one script, which gets the live nodes as arguments. Thread-safe. */
final class RedisPlaces implements Places {

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;
    private final LiveNodes live;
    private final Writes writes;
    private final String expirySeconds;

    RedisPlaces(
            Commands commands, RedisKeys keys, StoreTime time, LiveNodes live, Writes writes, Duration sessionExpiry) {
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.live = live;
        this.writes = writes;
        this.expirySeconds = String.valueOf(Math.max(1, sessionExpiry.toSeconds()));
    }

    @Override
    public CompletionStage<Claim> claim(UserSession session, int places, boolean displace) {
        writes.placesAreClaimed();
        String[] touched = {keys.places(session.userId()), keys.user(session.userId())};
        return live.view().thenCompose(view -> {
            List<String> args = new ArrayList<>();
            args.add(time.argument());
            args.add(Fields.escape(session.sessionId()));
            args.add(session.node().toString());
            args.add(String.valueOf(places));
            args.add(displace ? "1" : "0");
            args.add(expirySeconds);
            args.add(String.valueOf(RESERVED.toNanos() / 1_000));
            args.add(String.valueOf(view.micros()));
            args.addAll(view.live(view.millis()).keySet());
            return commands.run(Script.CLAIM, touched, args.toArray(String[]::new))
                    .thenApply(RedisPlaces::claim);
        });
    }

    @Override
    public CompletionStage<?> release(UserSession session) {
        String member = session.node() + " " + Fields.escape(session.sessionId());
        return commands.call(redis -> redis.zrem(keys.places(session.userId()), member));
    }

    private static Claim claim(Reply reply) {
        return switch (reply.text(0)) {
            case "FULL" -> Claim.REFUSED;
            default -> {
                List<Placed> displaced = new ArrayList<>();
                for (int i = 1; i < reply.size(); i++) {
                    String member = reply.text(i);
                    int space = member.indexOf(' ');
                    displaced.add(new Placed(
                            Fields.unescape(member.substring(space + 1)), NodeId.parse(member.substring(0, space))));
                }
                yield new Claim(true, displaced);
            }
        };
    }
}
