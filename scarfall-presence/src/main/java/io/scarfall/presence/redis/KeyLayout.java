package io.scarfall.presence.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The format of the keys, and the number of their partitions. The first process writes them; all later ones compare. */
final class KeyLayout {

    private final RedisKeys keys;
    private final Unreadable unreadable;

    KeyLayout(RedisKeys keys, Unreadable unreadable) {
        this.keys = keys;
        this.unreadable = unreadable;
    }

    /** Compares the layout in Redis with that of this process. Fails with {@link LayoutException} if they differ. */
    CompletionStage<Void> check(RedisClusterAsyncCommands<String, String> commands) {
        String partitions = String.valueOf(keys.partitions());
        return commands.<List<Object>>eval(
                        Script.META.source(),
                        ScriptOutputType.MULTI,
                        new String[] {keys.meta()},
                        RedisKeys.FORMAT,
                        partitions,
                        RedisKeys.FORMAT_BEFORE)
                .thenAccept(answer -> {
                    Reply layout = unreadable.reply(answer);
                    if (!layout.text(0).equals(RedisKeys.FORMAT)) {
                        throw new LayoutException("format: " + RedisKeys.FORMAT, layout.text(0));
                    }
                    if (!layout.text(1).equals(partitions)) {
                        throw new LayoutException("partitions: " + partitions, layout.text(1));
                    }
                });
    }
}
