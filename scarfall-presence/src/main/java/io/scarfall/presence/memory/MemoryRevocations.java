package io.scarfall.presence.memory;

import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Revocations;
import io.scarfall.presence.internal.TooManyRevocationsException;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A list under one lock: it is rarely written and rarely read. Thread-safe. */
final class MemoryRevocations implements Revocations {

    private final Time time;
    private final TreeMap<Long, Target> byVersion = new TreeMap<>();
    private final Map<Target, Long> versions = new HashMap<>();

    MemoryRevocations(Time time) {
        this.time = time;
    }

    @Override
    public CompletionStage<Revocation> revoke(Target target, Duration keep, int most) {
        return Answer.of(() -> put(target, keep, most));
    }

    private synchronized Revocation put(Target target, Duration keep, int most) {
        long now = Time.micros(time.now());
        var old = byVersion.headMap(now - TimeUnit.MILLISECONDS.toMicros(keep.toMillis()), true);
        versions.keySet().removeAll(old.values());
        old.clear();
        Long before = versions.get(target);
        if (before == null && versions.size() >= most) {
            throw new TooManyRevocationsException(most);
        }
        if (before != null) {
            byVersion.remove(before);
        }
        long last = byVersion.isEmpty() ? 0 : byVersion.lastKey();
        long version = Math.max(now, Math.max(last, before == null ? 0 : before) + 1);
        byVersion.put(version, target);
        versions.put(target, version);
        return new Revocation(target, version);
    }

    @Override
    public synchronized CompletionStage<List<Revocation>> of(Collection<Target> targets) {
        List<Revocation> found = new ArrayList<>(0);
        for (Target target : targets) {
            Long version = versions.get(target);
            if (version != null) {
                found.add(new Revocation(target, version));
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public synchronized CompletionStage<List<Revocation>> since(long version, int limit) {
        return Answer.of(() -> {
            Answer.checkLimit(limit);
            return byVersion.tailMap(version, false).entrySet().stream()
                    .limit(limit)
                    .map(entry -> new Revocation(entry.getValue(), entry.getKey()))
                    .toList();
        });
    }

    @Override
    public synchronized CompletionStage<Void> restore(Collection<Revocation> known, Duration keep) {
        for (Revocation revocation : known) {
            if (!versions.containsKey(revocation.target())
                    && byVersion.putIfAbsent(revocation.version(), revocation.target()) == null) {
                versions.put(revocation.target(), revocation.version());
            }
        }
        return CompletableFuture.completedFuture(null);
    }
}
