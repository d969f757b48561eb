package io.scarfall.presence.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.LogValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the scripts into servers. Thread-safe. */
final class ScriptLoader {

    private static final Logger log = LoggerFactory.getLogger(ScriptLoader.class);

    private final Set<StatefulRedisConnection<String, String>> reloading = ConcurrentHashMap.newKeySet();

    /** Loads all scripts into the servers of these connections. */
    CompletionStage<?> load(Iterable<StatefulRedisConnection<String, String>> connections) {
        List<CompletionStage<String>> loads = new ArrayList<>();
        for (StatefulRedisConnection<String, String> connection : connections) {
            loads.addAll(load(connection));
        }
        return Answer.all(loads);
    }

    /** Loads them in the background, unless that is in progress: many writes may find at once that they are missing. */
    void reload(StatefulRedisConnection<String, String> connection) {
        if (!reloading.add(connection)) {
            return;
        }
        Answer.all(load(connection)).whenComplete((loaded, failure) -> {
            reloading.remove(connection);
            if (failure != null) {
                log.debug("scripts not loaded error={}", LogValue.of(Answer.cause(failure)));
            }
        });
    }

    private static List<CompletionStage<String>> load(StatefulRedisConnection<String, String> connection) {
        List<CompletionStage<String>> loads = new ArrayList<>();
        for (Script script : Script.values()) {
            loads.add(connection.async().scriptLoad(script.source()));
        }
        return loads;
    }
}
