package io.scarfall.presence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What the contracts share: each asks an implementation for a fixture, and drives it by a {@link TestCluster}. */
public abstract class ClusterContract {

    /** Odd times, so that no test depends on which side of a boundary a moment falls. */
    public static final PresenceSettings SETTINGS = PresenceSettings.DEFAULTS
            .withLease(Duration.ofSeconds(2), Duration.ofMillis(6_500))
            .withMaxFriends(50)
            .withWatchersPerTransition(10)
            .withFeedLength(1_000);

    private final List<PresenceFixture> fixtures = new ArrayList<>();

    /** A fresh, empty presence. */
    protected abstract PresenceFixture fixture(PresenceSettings settings);

    /**
     * How many writes each thread of a concurrency test makes: many where they are cheap, to meet more interleavings.
     */
    protected int concurrentWrites() {
        return 1_000;
    }

    protected final TestCluster cluster() {
        return cluster(SETTINGS);
    }

    protected final TestCluster cluster(PresenceSettings settings) {
        PresenceFixture fixture = fixture(settings);
        fixtures.add(fixture);
        return new TestCluster(fixture);
    }

    @AfterEach
    void closeFixtures() {
        fixtures.forEach(PresenceFixture::close);
        fixtures.clear();
    }
}
