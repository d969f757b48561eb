package io.scarfall.presence.memory;

import io.scarfall.presence.PresenceCluster;
import io.scarfall.presence.PresenceFixture;
import io.scarfall.presence.PresenceSettings;
import java.time.Duration;
import java.time.Instant;

/** A {@link MemoryCluster} on a {@link TestTime}. */
public final class MemoryFixture implements PresenceFixture {

    private final TestTime time = new TestTime();
    private final MemoryCluster cluster;

    public MemoryFixture(PresenceSettings settings) {
        cluster = MemoryCluster.builder().settings(settings).time(time, time).build();
    }

    @Override
    public PresenceCluster process(int process) {
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
