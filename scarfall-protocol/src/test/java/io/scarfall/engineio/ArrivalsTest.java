package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections of one loop that arrive at the same moment. */
class ArrivalsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final MockTicker clock = Ticker.newMockTicker();
    private final EmbeddedChannel first =
            EmbeddedChannel.builder().ticker(clock).build();
    private final Arrivals arrivals = new Arrivals(20, PATIENCE);
    private final List<Integer> begun = new ArrayList<>();
    private final List<Integer> refused = new ArrayList<>();

    /** A connection on the loop of the first. */
    private final class Connection extends EmbeddedChannel {
        @Override
        public EventLoop eventLoop() {
            return first == null ? super.eventLoop() : first.eventLoop();
        }
    }

    private List<EmbeddedChannel> arrive(int from, int to) {
        List<EmbeddedChannel> channels = new ArrayList<>();
        for (int i = from; i < to; i++) {
            int number = i;
            EmbeddedChannel channel = new Connection();
            arrivals.arrive(channel, () -> begun.add(number), () -> refused.add(number));
            channels.add(channel);
        }
        return channels;
    }

    private void pass() {
        clock.advance(Arrivals.PAUSE.toNanos(), TimeUnit.NANOSECONDS);
        first.runScheduledPendingTasks();
    }

    private static List<Integer> numbers(int from, int to) {
        return java.util.stream.IntStream.range(from, to).boxed().toList();
    }

    @Test
    void aFewConnectionsBeginInEachPassAndTheOthersWaitUnread() {
        List<EmbeddedChannel> channels = arrive(0, 20);
        assertThat(begun).isEqualTo(numbers(0, 8));
        assertThat(arrivals.waiting()).isEqualTo(12);
        assertThat(channels.get(7).config().isAutoRead()).isTrue();
        assertThat(channels.get(8).config().isAutoRead()).isFalse();
        pass();
        assertThat(begun).isEqualTo(numbers(0, 16));
        assertThat(channels.get(8).config().isAutoRead()).isTrue();
        arrive(20, 21); // after those that wait
        pass();
        assertThat(begun).isEqualTo(numbers(0, 21));
        assertThat(arrivals.waiting()).isZero();
        assertThat(first.runScheduledPendingTasks()).as("nothing is scheduled").isEqualTo(-1);
        pass();
        arrive(21, 29);
        assertThat(begun).isEqualTo(numbers(0, 29));
    }

    @Test
    void aClosedConnectionIsSkipped() {
        List<EmbeddedChannel> channels = arrive(0, 20);
        channels.subList(8, 16).forEach(EmbeddedChannel::close);
        pass();
        assertThat(begun).hasSize(12).endsWith(16, 17, 18, 19);
        assertThat(arrivals.waiting()).isZero();
    }

    @Test
    void tooManyAreRefused() {
        arrive(0, 29);
        assertThat(refused).containsExactly(28);
        assertThat(arrivals.waiting()).isEqualTo(20);
    }

    @Test
    void aConnectionThatWaitedForTooLongIsRefused() {
        arrive(0, 10);
        clock.advance(PATIENCE.toNanos() + 1, TimeUnit.NANOSECONDS);
        first.runScheduledPendingTasks();
        assertThat(refused).containsExactly(8, 9);
        assertThat(arrivals.waiting()).isZero();
    }
}
