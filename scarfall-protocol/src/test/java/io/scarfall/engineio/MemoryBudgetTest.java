package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.engineio.MemoryBudget.Holding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    private static final Long HERE = 1L;
    private static final Long THERE = 2L;

    private long nanoTime;
    private final MemoryBudget budget = new MemoryBudget(1600, 800, () -> nanoTime);
    private final List<Peer> peers = new ArrayList<>();
    private final List<String> evicted = new ArrayList<>();

    /** A holder that must be closed in its turn, and not before. */
    private final class Peer implements MemoryBudget.Holder {

        private final String name;
        private final @Nullable Long block;
        private final boolean isTrusted;
        private @Nullable Holding holding;

        Peer(String name, @Nullable Long block, boolean isTrusted) {
            this.name = name;
            this.block = block;
            this.isTrusted = isTrusted;
            peers.add(this);
        }

        Peer holds(long bytes) {
            holding = budget.report(holding, this, bytes);
            return this;
        }

        @Override
        public @Nullable Long addressBlock() {
            return block;
        }

        @Override
        public boolean isTrusted() {
            return isTrusted;
        }

        @Override
        public void evict(Limit limit) {
            evicted.add(name + " " + limit);
        }
    }

    private Peer stranger(String name, @Nullable Long block) {
        return new Peer(name, block, false);
    }

    private Peer user(String name, @Nullable Long block) {
        return new Peer(name, block, true);
    }

    @AfterEach
    void nothingIsLeft() {
        peers.forEach(peer -> peer.holds(0));
        assertThat(budget.heldBytes()).isZero();
        assertThat(budget.addresses()).isZero();
        assertThat(peers).allMatch(peer -> peer.holding == null);
    }

    private void pass(long millis) {
        nanoTime += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void aHolderOfNothingHasNoObjectHere() {
        assertThat(stranger("a", HERE).holds(0).holding).isNull();
        assertThat(stranger("b", HERE).holds(5).holds(0).holding).isNull();
    }

    @Test
    void heldBytesAreTheSumOfTheLastReports() {
        Peer a = stranger("a", HERE).holds(100).holds(300);
        stranger("b", null).holds(50);
        a.holds(200);
        assertThat(budget.heldBytes()).isEqualTo(250);
        assertThat(budget.addresses()).isEqualTo(1);
        assertThat(evicted).isEmpty();
    }

    @Test
    void theLargestHoldersAreClosedUntilASixteenthIsFree() {
        stranger("a", null).holds(500);
        stranger("b", null).holds(600);
        stranger("c", null).holds(400);
        stranger("d", null).holds(101);
        assertThat(evicted).containsExactly("b MEMORY");
        stranger("e", null).holds(400);
        assertThat(evicted).containsExactly("b MEMORY");
    }

    @Test
    void manySmallHoldersAreClosedTogether() {
        for (int i = 0; i < 17; i++) {
            stranger("p" + i, null).holds(100);
        }
        assertThat(evicted).hasSize(2);
    }

    @Test
    void untrustedHoldersAreClosedFirst() {
        user("large", null).holds(1000);
        stranger("small", null).holds(200);
        stranger("smaller", null).holds(150);
        user("user", null).holds(300);
        assertThat(evicted).containsExactly("small MEMORY");
    }

    @Test
    void holdersWithoutProgressAreClosedBeforeLargerOnesWithProgress() {
        Peer healthy = user("healthy", null).holds(900);
        user("stuck", null).holds(500);
        pass(1000);
        healthy.holds(800);
        user("new", null).holds(301);
        assertThat(evicted).containsExactly("stuck MEMORY");
    }

    @Test
    void anAddressHasABoundOfItsOwn() {
        stranger("elsewhere", THERE).holds(700);
        stranger("a", HERE).holds(300);
        stranger("b", HERE).holds(400);
        stranger("c", HERE).holds(101);
        assertThat(evicted).containsExactly("b MEMORY_PER_ADDRESS");
    }

    @Test
    void aHolderThatIsBeingClosedIsNotChosenAgainAndNoLongerCounts() {
        Peer first = stranger("first", null).holds(1700);
        assertThat(evicted).containsExactly("first MEMORY");
        first.holds(1750);
        stranger("second", null).holds(1500);
        assertThat(evicted).containsExactly("first MEMORY");
        stranger("third", null).holds(200);
        assertThat(evicted).containsExactly("first MEMORY", "second MEMORY");
        assertThat(budget.heldBytes()).isEqualTo(1750 + 1500 + 200);
    }

    @Test
    void outputThatDoesNotFitIsRefusedAndClosesNoHealthyConnection() {
        user("healthy", HERE).holds(590);
        assertThat(budget.refusal(HERE, 10)).isNull();
        assertThat(budget.refusal(HERE, 11)).isEqualTo(Limit.MEMORY_PER_ADDRESS);
        assertThat(budget.refusal(null, 610)).isNull();
        assertThat(budget.refusal(null, 611)).isEqualTo(Limit.MEMORY);
        assertThat(evicted).isEmpty();
        pass(1000);
        assertThat(budget.refusal(HERE, 11)).isEqualTo(Limit.MEMORY_PER_ADDRESS);
        assertThat(evicted).containsExactly("healthy MEMORY_PER_ADDRESS");
    }

    @Test
    void bytesOfNoConnectionAreTakenWhileThereIsRoom() {
        MemoryBudget large = new MemoryBudget(100_000, 100_000);
        assertThat(large.take(75_000)).isTrue();
        assertThat(large.take(20_000)).isFalse();
        assertThat(large.take(16_384)).as("small").isTrue();
        large.giveBack(91_384);
        assertThat(large.heldBytes()).isZero();
    }

    @Test
    void defaultsAreQuarters() {
        assertThat(MemoryBudget.ofDefaults().maxBytes())
                .isPositive()
                .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory() / 4);
        assertThat(MemoryBudget.defaultBytesPerAddress(1000)).isEqualTo(250);
        assertThatThrownBy(() -> new MemoryBudget(0, 1)).hasMessage("maxHeldBytes: 0 (expected: > 0)");
        assertThatThrownBy(() -> new MemoryBudget(10, 11)).hasMessage("maxHeldBytesPerAddress: 11 (expected: 1 to 10)");
    }
}
