package io.scarfall.presence.memory;

import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.NodeAccess;
import java.time.Duration;
import java.time.Instant;

/** A {@link MemoryCluster} on a {@link TestTime}. */
public final class MemoryFixture implements PresenceFixture {

    private final TestTime time = new TestTime();
    private final MemoryState cluster;

    public MemoryFixture(PresenceSettings settings) {
        cluster = MemoryCluster.builder().settings(settings).time(time, time).buildState();
    }

    @Override
    public NodeAccess process(int process) {
        return cluster;
    }

    @Override
    public Instant now() {
        return time.instant();
    }

    @Override
    public void advance(Duration duration) {
        time.advance(duration);
    }

    @Override
    public void close() {
        // nothing to close
    }
}
