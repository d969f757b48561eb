package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Revocations;
import io.scarfall.presence.internal.TooManyRevocationsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The contract of {@link Revocations}. */
public abstract class RevocationsContract extends ClusterContract {

    private static final Duration KEEP = Duration.ofHours(1);
    private static final int MOST = 1_000;

    private static Revocation revoke(Node node, Target target) {
        return await(node.cluster().revocations().revoke(target, KEEP, MOST));
    }

    private static List<Revocation> all(Node node) {
        return await(node.cluster().revocations().since(0, 1_000));
    }

    @Test
    void everyNodeReadsARevocationOfAnotherNode() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        Target anna = Target.user("anna \u00e4\ud83d\ude00 {x}");
        Target session = Target.session("12:anna", "s:1");
        Target token = Target.token("j");

        List<Revocation> revoked = List.of(revoke(a, anna), revoke(b, session), revoke(a, token));

        assertThat(all(b)).isEqualTo(revoked);
        assertThat(revoked).extracting(Revocation::version).isSorted().doesNotHaveDuplicates();
        assertThat(revoked.get(0).at()).isEqualTo(cluster.now());
        assertThat(await(b.cluster().revocations().of(List.of(anna, Target.user("bert"), token))))
                .containsExactlyInAnyOrder(revoked.get(0), revoked.get(2));
        assertThat(await(b.cluster().revocations().of(List.of(Target.token("anna"), Target.user("j")))))
                .as("a user is no token")
                .isEmpty();
    }

    @Test
    void newEntriesAreReadAfterAVersion() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        List<Revocation> revoked = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            cluster.pause(Duration.ofMillis(i % 2));
            revoked.add(revoke(a, Target.user("user" + i)));
        }
        Revocations list = a.cluster().revocations();

        assertThat(await(list.since(0, 3))).isEqualTo(revoked.subList(0, 3));
        assertThat(await(list.since(revoked.get(2).version(), 3))).isEqualTo(revoked.subList(3, 6));
        assertThat(await(list.since(revoked.get(5).version(), 3))).isEqualTo(revoked.subList(6, 7));
        assertThat(await(list.since(revoked.get(6).version(), 3))).isEmpty();
        assertThat(failure(list.since(0, 0))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRepeatedRevocationMovesToTheEnd() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Revocation first = revoke(a, Target.user("anna"));
        Revocation other = revoke(a, Target.user("bert"));
        cluster.pause(Duration.ofSeconds(5));

        Revocation again = revoke(a, Target.user("anna"));

        assertThat(again.version()).isGreaterThan(first.version());
        assertThat(again.at()).isEqualTo(cluster.now());
        assertThat(all(a)).containsExactly(other, again);
    }

    @Test
    void entriesExpire() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        revoke(a, Target.user("anna"));
        cluster.pause(KEEP.minusSeconds(1));
        Revocation bert = revoke(a, Target.user("bert"));
        assertThat(all(a)).hasSize(2);
        cluster.pause(Duration.ofSeconds(2));

        Revocation carl = revoke(a, Target.user("carl"));

        assertThat(all(a)).containsExactly(bert, carl);
        assertThat(await(a.cluster().revocations().of(List.of(Target.user("anna")))))
                .isEmpty();
    }

    @Test
    void theListIsBounded() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Revocations list = a.cluster().revocations();
        await(list.revoke(Target.user("anna"), KEEP, 2));
        await(list.revoke(Target.user("bert"), KEEP, 2));

        assertThat(failure(list.revoke(Target.user("carl"), KEEP, 2))).isInstanceOf(TooManyRevocationsException.class);
        assertThat(await(list.revoke(Target.user("anna"), KEEP, 2)).target()).isEqualTo(Target.user("anna"));
        cluster.pause(KEEP.plusSeconds(1));
        await(list.revoke(Target.user("carl"), KEEP, 2));
        assertThat(all(a)).hasSize(1);
    }

    @Test
    void lostEntriesAreRestoredWithTheirVersions() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Revocation known = new Revocation(Target.user("anna"), 1_000_000);
        Revocation old = new Revocation(Target.user("bert"), 2_000_000);
        Revocation bert = revoke(a, Target.user("bert"));

        await(a.cluster().revocations().restore(List.of(known, old), KEEP));
        await(a.cluster().revocations().restore(List.of(), KEEP));

        assertThat(all(a)).containsExactly(known, bert);
    }

    /**
     * A reader that continues after the last version that it read misses no entry, whichever nodes write meanwhile.
     */
    @Test
    void noReaderMissesAnEntryWhileManyWrite() throws Exception {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        int count = Math.min(200, concurrentWrites());
        List<Callable<List<Revocation>>> tasks = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            Node node = writer % 2 == 0 ? a : b;
            String name = "user" + writer + "-";
            tasks.add(() -> {
                List<Revocation> written = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    written.add(revoke(node, Target.user(name + i)));
                }
                return written;
            });
        }
        List<Revocation> read = new ArrayList<>();
        tasks.add(() -> {
            while (read.size() < 4 * count) {
                long version = read.isEmpty() ? 0 : read.get(read.size() - 1).version();
                read.addAll(await(b.cluster().revocations().since(version, 10)));
            }
            return List.of();
        });

        List<Revocation> written = TestCluster.inParallel(tasks);

        assertThat(read).containsExactlyInAnyOrderElementsOf(written);
    }

    @Test
    void targetsAreChecked() {
        assertThatThrownBy(() -> Target.user("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Target.token("x".repeat(513))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Target(Revocation.Kind.USER, "anna", "s"))
                .hasMessage("sessionId: of a USER (expected: of a SESSION alone)");
        for (String text : List.of("", "u", "u:", "x:1", "s:", "s:4:anna", "s:9:anna", "s:x:anna", "s:-1:anna")) {
            assertThatThrownBy(() -> Target.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
        Target odd = Target.session("1:2:\ud83d\ude00", "u:s:1:");
        assertThat(Target.parse(odd.text())).isEqualTo(odd);
    }
}
