package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.allPages;
import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static io.scarfall.presence.internal.Transition.Kind.CAME_ONLINE;
import static io.scarfall.presence.internal.Transition.Kind.UNCHANGED;
import static io.scarfall.presence.internal.Transition.Kind.WENT_OFFLINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Details;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract of {@link PresenceStore}. */
public abstract class PresenceStoreContract extends ClusterContract {

    // ---- sessions make the status

    @Test
    void firstSessionBringsTheUserOnline() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");

        Transition transition = node.open("anna", "s1");

        assertThat(transition.kind()).isEqualTo(CAME_ONLINE);
        assertThat(transition.changed()).isTrue();
        assertThat(transition.userId()).isEqualTo("anna");
        assertThat(transition.email()).isEqualTo("anna@example.org");
        assertThat(transition.lastSeen()).isEqualTo(cluster.now());
        assertThat(node.status("anna").status()).isEqualTo(Status.ONLINE);
    }

    @Test
    void lastSessionTakesTheUserOffline() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        Transition came = node.open("anna", "s1");
        cluster.elapse(Duration.ofSeconds(5));

        Transition went = node.close("anna", "s1");

        assertThat(went.kind()).isEqualTo(WENT_OFFLINE);
        assertThat(went.version()).isGreaterThan(came.version());
        assertThat(went.lastSeen()).isEqualTo(cluster.now());
        assertThat(went.email()).isEqualTo("anna@example.org");
        assertThat(node.status("anna").status()).isEqualTo(Status.OFFLINE);
    }

    @Test
    void secondDeviceLeavingKeepsTheUserOnline() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        Transition came = a.open("anna", "phone");

        assertThat(b.open("anna", "laptop").kind()).isEqualTo(UNCHANGED);
        assertThat(a.close("anna", "phone").kind()).isEqualTo(UNCHANGED);
        assertThat(b.status("anna").version()).isEqualTo(came.version());
        assertThat(b.close("anna", "laptop").kind()).isEqualTo(WENT_OFFLINE);
    }

    @Test
    void aSessionIsKeptAsItWasOpened() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        Instant connected = Instant.parse("2026-01-02T03:04:05.678Z");
        UserSession full = new UserSession(
                "anna \u00e4\ud83d\ude00 {x}",
                "s:1",
                node.id(),
                connected,
                connected.plusSeconds(1),
                "a@example.org",
                "{\"os\":\"x\"}",
                "2001:db8::1");
        UserSession bare = new UserSession("bert", "s2", node.id(), connected, connected, null, null, null);

        await(node.store().open(full));
        await(node.store().open(bare));

        assertThat(node.sessions(full.userId())).containsExactly(full);
        assertThat(node.sessions("bert")).containsExactly(bare);
        assertThat(node.sessionsOf(node.id())).containsExactlyInAnyOrder(full, bare);
    }

    @Test
    void longDetailsOfAUserAreBoundedInSum() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        List<UserSession> opened = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            UserSession session =
                    withDevice(node.session("anna", "s" + (10 + i)), "\u00e4".repeat(2_000)); // of 2 bytes
            await(node.store().open(session));
            opened.add(session);
        }

        List<UserSession> kept = node.sessions("anna");
        assertThat(kept).extracting(UserSession::sessionId).hasSize(12).doesNotHaveDuplicates();
        assertThat(kept.stream().filter(session -> session.device() != null)).hasSize(8);
        assertThat(kept).as("what is short").allMatch(session -> "anna@example.org".equals(session.email()));
        assertThat(kept.stream().mapToInt(Details::bytes).sum())
                .isLessThanOrEqualTo(Details.MAX_BYTES + 12 * Details.SHORT_BYTES);

        node.close("anna", opened.get(0).sessionId());
        await(node.store().open(opened.get(11)));
        assertThat(node.sessions("anna")).as("what is given up is free").contains(opened.get(11));
        await(node.store().open(opened.get(11)));
        assertThat(node.sessions("anna").stream().filter(session -> session.device() != null))
                .as("written once more")
                .hasSize(8);
        UserSession bert = withDevice(node.session("bert", "s"), "x".repeat(4_000));
        await(node.store().open(bert));
        assertThat(node.sessions("bert")).as("each user has a bound").containsExactly(bert);
    }

    private static UserSession withDevice(UserSession session, @Nullable String device) {
        return Details.with(session, session.email(), device, session.address());
    }

    @Test
    void textsOfAClientCannotForgeFields() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        Instant now = cluster.now();
        String forged = "\nother\t" + node.id() + "\t1\t1\t\\N\t\\N\t\\N";
        UserSession session = new UserSession("an\tna\n\\N", "s\t1\n\\t", node.id(), now, now, "\\N\n0\t1", forged, "");
        await(node.store().open(session));
        await(node.store().open(node.session(session.userId(), "s")));

        assertThat(node.sessions(session.userId()))
                .contains(session)
                .extracting(UserSession::sessionId)
                .containsExactlyInAnyOrder(session.sessionId(), "s");
        assertThat(node.sessionsOf(node.id())).contains(session).hasSize(2);
        assertThat(node.status(session.userId()).sessionCount()).isEqualTo(2);
        assertThat(node.touch(session.userId(), "other")).isFalse();
        assertThat(node.close(session.userId(), "other").kind()).isEqualTo(UNCHANGED);
        assertThat(node.close(session.userId(), "s").kind()).isEqualTo(UNCHANGED);
        assertThat(await(node.store().touch(session))).isTrue();
        assertThat(await(node.store().close(session)).kind()).isEqualTo(WENT_OFFLINE);
        assertThat(node.sessionsOf(node.id())).isEmpty();
    }

    @Test
    void theNewestKnownEmailStays() {
        Node node = cluster().join("a");
        await(node.store().open(node.session("anna", "s1", "old@example.org")));
        await(node.store().open(node.session("anna", "s2", "new@example.org")));
        assertThat(await(node.store().open(node.session("anna", "s3", null))).email())
                .isEqualTo("new@example.org");
        assertThat(node.status("anna").email()).isEqualTo("new@example.org");
    }

    // ---- twice without harm

    @Test
    void openingTwiceIsOpeningOnce() {
        Node node = cluster().join("a");
        Transition came = node.open("anna", "s1");

        Transition again = node.open("anna", "s1");

        assertThat(again.kind()).isEqualTo(UNCHANGED);
        assertThat(again.version()).isEqualTo(came.version());
        assertThat(node.sessions("anna")).hasSize(1);
        assertThat(node.count()).isEqualTo(1);
        assertThat(await(node.store().sessionsOf(node.id(), null, 10)).total()).isEqualTo(1);
        assertThat(node.close("anna", "s1").kind()).isEqualTo(WENT_OFFLINE);
    }

    @Test
    void closingTwiceIsClosingOnce() {
        Node node = cluster().join("a");
        node.open("anna", "s1");
        Transition went = node.close("anna", "s1");

        Transition again = node.close("anna", "s1");

        assertThat(again.kind()).isEqualTo(UNCHANGED);
        assertThat(again.version()).isEqualTo(went.version());
        assertThat(again.watchers().items()).isEmpty();
        assertThat(node.count()).isZero();
    }

    @Test
    void closingWhatWasNeverOpenChangesNothing() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        Transition nothing = node.close("nobody", "s1");
        assertThat(nothing.kind()).isEqualTo(UNCHANGED);
        assertThat(nothing.version()).isZero();
        assertThat(nothing.lastSeen()).isEqualTo(cluster.now());
        assertThat(node.status("nobody")).isEqualTo(UserPresence.unknown("nobody"));

        node.open("anna", "s1");
        assertThat(node.close("anna", "other").kind()).isEqualTo(UNCHANGED);
        assertThat(node.status("anna").sessionCount()).isEqualTo(1);
    }

    @Test
    void aNodeClosesNoSessionOfAnotherNode() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        a.open("anna", "s1");

        assertThat(b.close("anna", "s1").kind()).isEqualTo(UNCHANGED);
        assertThat(b.touch("anna", "s1")).isFalse();
        assertThat(a.sessions("anna")).hasSize(1);
    }

    // ---- touch

    @Test
    void touchMovesActivityAndLastSeen() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        Instant connected = cluster.now();
        node.open("anna", "s1");
        cluster.elapse(Duration.ofSeconds(30));

        assertThat(node.touch("anna", "s1")).isTrue();

        UserSession session = node.sessions("anna").get(0);
        assertThat(session.lastActivity()).isEqualTo(cluster.now());
        assertThat(session.connectedAt()).isEqualTo(connected);
        assertThat(node.status("anna").lastSeen()).isEqualTo(cluster.now());
    }

    @Test
    void touchReportsALostSession() {
        Node node = cluster().join("a");
        assertThat(node.touch("anna", "s1")).isFalse();
        node.open("anna", "s1");
        node.close("anna", "s1");
        assertThat(node.touch("anna", "s1")).isFalse();
        assertThat(node.status("anna").status()).isEqualTo(Status.OFFLINE);
    }

    // ---- versions

    @Test
    void versionsGrowWhileTheClockStandsStill() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        long before = 0;
        for (int i = 0; i < 10; i++) {
            long came = node.open("anna", "s" + i).version();
            long went = node.close("anna", "s" + i).version();
            assertThat(came).isGreaterThan(before);
            assertThat(went).isGreaterThan(came);
            before = went;
        }
    }

    @Test
    void versionsAreAtLeastTheClockInMicroseconds() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        long version = node.open("anna", "s1").version();
        assertThat(version).isGreaterThanOrEqualTo(cluster.now().toEpochMilli() * 1_000);
        assertThat(version).isLessThan(1L << 53);
    }

    // ---- watchers

    @Test
    void aTransitionNamesTheWatchers() {
        Node node = cluster().join("a");
        node.setFriends("bert", "anna", "carl");
        node.setFriends("dora", "anna");
        node.setFriends("anna", "carl");

        assertThat(node.open("anna", "s1").watchers().items()).containsExactlyInAnyOrder("bert", "dora");
        assertThat(node.open("anna", "s2").watchers().items()).isEmpty();
        assertThat(node.close("anna", "s1").watchers().items()).isEmpty();
        assertThat(node.close("anna", "s2").watchers().items()).containsExactlyInAnyOrder("bert", "dora");
    }

    @Test
    void furtherWatchersArePagedAfterTheTransition() {
        Node node = cluster().join("a");
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 35; i++) {
            node.setFriends("fan" + i, "star");
            expected.add("fan" + i);
        }

        Page<String> first = node.open("star", "s1").watchers();

        assertThat(first.items()).isNotEmpty().hasSizeLessThanOrEqualTo(SETTINGS.watchersPerTransition());
        assertThat(first.nextCursor()).isNotNull();
        assertThat(first.total()).isEqualTo(35);
        Set<String> told = new TreeSet<>(first.items());
        told.addAll(allPages(
                cursor -> node.cluster().roster().watchers("star", cursor == null ? first.nextCursor() : cursor, 7),
                7));
        assertThat(told).isEqualTo(expected);
    }

    // ---- nodes of users

    @Test
    void nodesOfNamesEachLiveNodeOnce() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        a.open("anna", "s1");
        a.open("anna", "s2");
        b.open("anna", "s3");
        b.open("bert", "s4");

        Placement placement = await(a.store().nodesOf(List.of("anna", "bert", "nobody", "anna")));

        assertThat(placement.nodesOf("anna")).containsExactlyInAnyOrder(a.id(), b.id());
        assertThat(placement.nodesOf("bert")).containsExactly(b.id());
        assertThat(placement.nodesOf("nobody")).isEmpty();
        a.close("anna", "s1");
        assertThat(a.nodesOf("anna")).containsExactlyInAnyOrder(a.id(), b.id());
        a.close("anna", "s2");
        assertThat(a.nodesOf("anna")).containsExactly(b.id());
        b.close("anna", "s3");
        assertThat(a.nodesOf("anna")).isEmpty();
    }

    private static boolean hasReaped(Node node, String userId) {
        node.beat(); // others may have beaten since its own beat
        return await(node.store().nodesOf(List.of(userId))).hasReaped(userId);
    }

    @Test
    void reapedSessionsAreRememberedForAMinute() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        a.open("anna", "s1");
        b.open("anna", "s2");
        b.open("bert", "s3");
        a.open("carl", "s4");
        assertThat(hasReaped(a, "anna")).isFalse();
        b.crash();
        cluster.elapseLease();
        a.reapAll();

        Placement placement = await(a.store().nodesOf(List.of("anna", "bert", "carl", "nobody")));
        assertThat(placement.isIncomplete("anna")).isFalse();
        assertThat(placement.hasReaped("anna")).as("s2 may be connected").isTrue();
        assertThat(placement.hasReaped("bert")).as("s3 may be connected").isTrue();
        assertThat(placement.hasReaped("carl")).isFalse();
        assertThat(placement.hasReaped("nobody")).isFalse();
        Node late = cluster.join("late");
        assertThat(hasReaped(late, "anna"))
                .as("asked by a node that joined later")
                .isTrue();

        cluster.elapse(NodeReaper.REMEMBERED.minusSeconds(1));
        assertThat(hasReaped(a, "anna")).isTrue();
        cluster.elapse(Duration.ofSeconds(1));
        assertThat(hasReaped(a, "anna")).isFalse();
        a.reapAll();
        assertThat(hasReaped(a, "anna")).isFalse();
    }

    @Test
    void sessionsOfANodeThatLeftAreNotRemembered() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("anna", "s1");
        b.leave();
        a.reapAll();

        assertThat(a.sessions("anna")).isEmpty();
        assertThat(hasReaped(a, "anna")).isFalse();
    }

    @Test
    void aReapedSessionIsForgottenOnceItIsOpenAgain() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("anna", "s1");
        b.open("anna", "s2");
        b.crash();
        cluster.elapseLease();
        a.reapAll();

        Node again = b.rejoinUnsettled();
        await(again.store().open(withDevice(again.session("anna", "s1"), null)));
        assertThat(hasReaped(a, "anna")).as("s2 is missing").isTrue();
        await(again.store().open(withDevice(again.session("anna", "s2"), null)));
        assertThat(hasReaped(a, "anna")).isFalse();
    }

    @Test
    void aReapedSessionIsForgottenOnceItsNodeIsBackAndHasOpenedItsSessions() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("anna", "s1");
        b.crash();
        cluster.elapseLease();
        a.reapAll();

        Node again = b.rejoinUnsettled();
        assertThat(hasReaped(a, "anna")).isTrue();
        await(again.cluster().lease().beat(again.id(), false));
        assertThat(hasReaped(a, "anna")).as("it takes its time").isTrue();
        again.beat();
        assertThat(hasReaped(a, "anna"))
                .as("s1 was not opened again: its socket has left")
                .isFalse();

        cluster.elapseLease();
        assertThat(hasReaped(a, "anna")).as("its node is away again").isTrue();
    }

    @Test
    void aNewerSessionOfTheSameDeviceReplacesAReapedOne() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        cluster.elapse(Duration.ofSeconds(10));
        await(a.store()
                .open(withDevice(a.session("both", "s0"), "phone"))); // two at a time: neither is newer than the fault
        for (String user : List.of("anna", "bert", "carl", "both")) {
            await(b.store().open(withDevice(b.session(user, "s1"), user.equals("carl") ? null : "phone")));
        }
        cluster.elapse(a.cluster().settings().beatInterval().multipliedBy(2));
        b.crash();
        cluster.elapse(Duration.ofSeconds(1));
        await(a.store().open(withDevice(a.session("anna", "s2"), "phone")));
        await(a.store().open(withDevice(a.session("bert", "s2"), "tablet")));
        await(a.store().open(withDevice(a.session("carl", "s2"), null)));
        cluster.elapseLease();
        a.reapAll();

        assertThat(hasReaped(a, "anna")).as("the phone is here").isFalse();
        assertThat(hasReaped(a, "bert")).as("another device").isTrue();
        assertThat(hasReaped(a, "carl"))
                .as("an unnamed device cannot be recognized")
                .isTrue();
        assertThat(hasReaped(a, "both")).as("its other session is older").isTrue();
        await(a.store().open(withDevice(a.session("bert", "s3"), "phone")));
        assertThat(hasReaped(a, "bert")).isFalse();
    }

    @Test
    void rememberedSessionsOfAUserAreBounded() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        for (int i = 0; i < 40; i++) {
            b.open("anna", i + "x".repeat(500));
        }
        b.crash();
        cluster.elapseLease();
        a.reapAll();
        assertThat(hasReaped(a, "anna")).isTrue();
        cluster.elapse(NodeReaper.REMEMBERED);
        assertThat(hasReaped(a, "anna")).isFalse();
    }

    @Test
    void nodesOfIgnoresANodeWhoseLeaseLapsed() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        a.open("anna", "s1");
        b.open("anna", "s2");
        b.open("bert", "s3");
        Placement before = await(a.store().nodesOf(List.of("anna", "bert", "nobody")));
        assertThat(List.of("anna", "bert", "nobody")).noneMatch(before::isIncomplete);
        b.crash();
        cluster.elapseLease();

        assertThat(a.nodesOf("anna")).containsExactly(a.id());
        assertThat(a.nodesOf("bert")).isEmpty();
        Placement placement = await(a.store().nodesOf(List.of("anna", "bert", "nobody")));
        assertThat(placement.isIncomplete("anna")).as("anna may be at b still").isTrue();
        assertThat(placement.isIncomplete("bert")).as("bert may be at b still").isTrue();
        assertThat(placement.isIncomplete("nobody")).isFalse();
    }

    @Test
    void noUsersHaveNoNodes() {
        assertThat(await(cluster().join("a").store().nodesOf(List.of()))).isNotNull();
    }

    // ---- fences

    @Test
    void aReapedNodeMayNotWrite() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("anna", "s1");
        a.open("bert", "s2");
        b.crash();
        cluster.elapseLease();
        a.reapAll();

        assertThat(failure(b.store().open(b.session("anna", "s1"))))
                .isInstanceOfSatisfying(
                        FencedException.class, e -> assertThat(e.node()).isEqualTo(b.id()));
        assertThat(failure(b.store().open(b.session("carl", "s9")))).isInstanceOf(FencedException.class);
        assertThat(failure(b.store().touch(b.session("anna", "s1")))).isInstanceOf(FencedException.class);
        assertThat(failure(b.store().close(b.session("anna", "s1")))).isInstanceOf(FencedException.class);
        assertThat(failure(b.store().close(b.session("bert", "s2"), Duration.ZERO)))
                .isInstanceOf(FencedException.class);
        assertThat(a.status("anna").status()).isEqualTo(Status.OFFLINE);
        assertThat(a.status("carl")).isEqualTo(UserPresence.unknown("carl"));
        assertThat(a.status("bert").sessionCount()).isEqualTo(1);
    }

    @Test
    void aFencedNodeOpensItsSessionsAgainUnderANewEpoch() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        UserSession session = b.session("anna", "s1");
        await(b.store().open(session));
        b.crash();
        cluster.elapseLease();
        a.reapAll();

        Node again = b.rejoin();
        Transition back = await(again.store().open(session.on(again.id())));

        assertThat(back.kind()).isEqualTo(CAME_ONLINE);
        assertThat(a.nodesOf("anna")).containsExactly(again.id());
        assertThat(again.close("anna", "s1").kind()).isEqualTo(WENT_OFFLINE);
    }

    @Test
    void aSessionMovesToTheNewEpochWithoutATransition() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        Transition came = b.open("anna", "s1");

        Node again = b.rejoin();
        assertThat(again.open("anna", "s1").kind()).isEqualTo(UNCHANGED);
        cluster.elapseLease();

        assertThat(a.reapAll()).isEmpty();
        assertThat(a.status("anna").version()).isEqualTo(came.version());
        assertThat(a.sessionsOf(b.id())).isEmpty();
        assertThat(a.sessionsOf(again.id())).hasSize(1);
        assertThat(a.nodesOf("anna")).containsExactly(again.id());
    }

    @Test
    void theNewEpochClosesSessionsOfTheOldOne() {
        TestCluster cluster = cluster();
        Node b = cluster.join("b");
        b.open("anna", "s1");
        Node again = b.rejoin();

        assertThat(again.touch("anna", "s1")).as("open under this epoch").isFalse();
        assertThat(again.close("anna", "s1").kind()).isEqualTo(WENT_OFFLINE);
    }

    @Test
    void writesOfTheOldEpochDoNotUndoThoseOfTheNew() {
        TestCluster cluster = cluster();
        Node b = cluster.join("b");
        b.open("anna", "s1");
        Node again = b.rejoin();
        again.open("anna", "s1");

        assertThat(failure(b.store().open(b.session("anna", "s1")))).isInstanceOf(FencedException.class);
        assertThat(failure(b.store().close(b.session("anna", "s1")))).isInstanceOf(FencedException.class);
        assertThat(again.nodesOf("anna")).containsExactly(again.id());
    }

    @Test
    void leasesThatLapsedUnnoticedCostNothing() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        a.open("anna", "s1");
        b.open("anna", "s2");
        cluster.pause(cluster.lease().multipliedBy(3)); // as in an outage of the store: no node can beat

        assertThat(a.beat().renewed()).isTrue();
        assertThat(a.reapAll()).as("reaped before the others could beat").isEmpty();
        assertThat(b.beat().renewed()).isTrue();
        a.beat();

        assertThat(b.touch("anna", "s2")).isTrue();
        assertThat(a.nodesOf("anna")).containsExactlyInAnyOrder(a.id(), b.id());
    }

    // ---- grace

    @Test
    void aReloadWithinTheGraceIsSilent() {
        TestCluster cluster = cluster(SETTINGS.withOfflineGrace(Duration.ofSeconds(5)));
        Node node = cluster.join("a");
        Transition came = node.open("anna", "s1");

        assertThat(node.close("anna", "s1").kind()).isEqualTo(UNCHANGED);
        cluster.elapse(Duration.ofSeconds(3));
        assertThat(node.reapAll()).isEmpty();
        UserPresence leaving = node.status("anna");
        assertThat(leaving.status()).isEqualTo(Status.ONLINE);
        assertThat(leaving.sessionCount()).isZero();
        assertThat(node.nodesOf("anna")).isEmpty();
        assertThat(node.online()).containsExactly("anna");
        assertThat(node.open("anna", "s2").kind()).isEqualTo(UNCHANGED);
        cluster.elapse(Duration.ofSeconds(10));

        assertThat(node.reapAll()).isEmpty();
        assertThat(node.status("anna").version()).isEqualTo(came.version());
    }

    @Test
    void afterTheGraceTheReaperTakesTheUserOffline() {
        TestCluster cluster = cluster(SETTINGS.withOfflineGrace(Duration.ofSeconds(5)));
        Node node = cluster.join("a");
        node.setFriends("bert", "anna");
        Transition came = node.open("anna", "s1");
        cluster.elapse(Duration.ofSeconds(1));
        Instant closed = cluster.now();
        node.close("anna", "s1");
        cluster.elapse(Duration.ofSeconds(6));

        assertThat(node.status("anna").status()).as("before it was reaped").isEqualTo(Status.OFFLINE);
        List<Transition> due = node.reapAll();

        assertThat(due).singleElement().satisfies(went -> {
            assertThat(went.kind()).isEqualTo(WENT_OFFLINE);
            assertThat(went.userId()).isEqualTo("anna");
            assertThat(went.version()).isGreaterThan(came.version());
            assertThat(went.lastSeen()).isEqualTo(closed);
            assertThat(went.watchers().items()).containsExactly("bert");
        });
        assertThat(node.reapAll()).isEmpty();
        assertThat(node.count()).isZero();
        assertThat(node.status("anna").lastSeen()).isEqualTo(closed);
    }

    @Test
    void aDrainingNodeGivesItsUsersTime() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        a.open("anna", "s1");
        a.open("bert", "s2");

        assertThat(a.close("anna", "s1", Duration.ofSeconds(10)).kind()).isEqualTo(UNCHANGED);
        assertThat(a.close("bert", "s2", Duration.ofSeconds(10)).kind()).isEqualTo(UNCHANGED);
        a.leave();
        cluster.elapse(Duration.ofSeconds(3));
        assertThat(b.open("anna", "s3").kind()).isEqualTo(UNCHANGED);
        cluster.elapse(Duration.ofSeconds(9));

        assertThat(b.reapAll()).extracting(Transition::userId).containsExactly("bert");
        assertThat(b.status("anna").status()).isEqualTo(Status.ONLINE);
    }

    @Test
    void aGraceOutOfItsRangeIsRefused() {
        Node node = cluster().join("a");
        assertThat(failure(node.store().close(node.session("anna", "s1"), Duration.ofMillis(-1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("grace");
    }

    // ---- sessions of a node in the store

    @Test
    void sessionsOfANodeArePaged() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        List<UserSession> expected = new ArrayList<>();
        for (int user = 0; user < 10; user++) {
            for (int device = 0; device <= user % 4; device++) {
                UserSession session = a.session("user" + user, "s" + device);
                await(a.store().open(session));
                expected.add(session);
                b.open("user" + user, "other" + device);
            }
        }

        for (int limit : new int[] {1, 2, 3, 7, 100}) {
            assertThat(allPages(cursor -> b.store().sessionsOf(a.id(), cursor, limit), limit))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(await(b.store().sessionsOf(a.id(), null, 2)).total()).isEqualTo(expected.size());
    }

    @Test
    void sessionsOfADeadNodeAreListedUntilTheyAreReaped() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("anna", "s1");
        b.crash();
        cluster.elapseLease();

        assertThat(a.sessionsOf(b.id())).hasSize(1);
        a.reapAll();
        assertThat(a.sessionsOf(b.id())).isEmpty();
    }

    @Test
    void malformedCursorsAndLimitsOfSessionsAreRefused() {
        Node node = cluster().join("a");
        for (String cursor : new String[] {"", "x", "....", "s.\u0000", "o.YQ", "\ud800"}) {
            assertThat(failure(node.store().sessionsOf(node.id(), cursor, 10)))
                    .as(cursor)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (int limit : new int[] {-1, 0, PresenceSettings.MAX_PAGE + 1}) {
            assertThat(failure(node.store().sessionsOf(node.id(), null, limit)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit: " + limit);
        }
    }

    // ---- concurrency

    @Test
    void concurrentWritesOfOneUserAlternateTheStatus() throws Exception {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        List<Callable<List<Transition>>> writers = new ArrayList<>();
        for (int w = 0; w < 4; w++) {
            Node node = w % 2 == 0 ? a : b;
            String id = "w" + w;
            Random random = new Random(w);
            writers.add(() -> {
                List<Transition> transitions = new ArrayList<>();
                for (int i = 0; i < concurrentWrites(); i++) {
                    String session = id + random.nextInt(2);
                    transitions.add(random.nextBoolean() ? node.open("anna", session) : node.close("anna", session));
                }
                transitions.add(node.close("anna", id + 0));
                transitions.add(node.close("anna", id + 1));
                return transitions;
            });
        }

        List<Transition> changes = new ArrayList<>(TestCluster.inParallel(writers));
        changes.removeIf(transition -> !transition.changed());
        changes.sort(Comparator.comparingLong(Transition::version));

        assertThat(changes).isNotEmpty();
        for (int i = 0; i < changes.size(); i++) {
            assertThat(changes.get(i).kind()).isEqualTo(i % 2 == 0 ? CAME_ONLINE : WENT_OFFLINE);
        }
        assertThat(changes).extracting(Transition::version).doesNotHaveDuplicates();
        assertThat(a.status("anna").status()).isEqualTo(Status.OFFLINE);
        assertThat(a.status("anna").version())
                .isEqualTo(changes.get(changes.size() - 1).version());
        assertThat(a.count()).isZero();
        assertThat(a.online()).isEmpty();
        assertThat(a.sessionsOf(a.id())).isEmpty();
        assertThat(a.nodesOf("anna")).isEmpty();
    }

    @Test
    void noWriteOfAZombieThatIsReapedRemains() throws Exception {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        for (int round = 0; round < 20; round++) {
            Node zombie = cluster.join("z" + round);
            for (int i = 0; i < 30; i++) {
                zombie.open("user" + i, "s");
            }
            zombie.crash();
            cluster.elapseLease();
            Callable<List<Transition>> writer = () -> {
                for (int i = 0; i < concurrentWrites(); i++) {
                    try {
                        UserSession session = zombie.session("user" + i % 30, "s");
                        zombie.store().open(session).toCompletableFuture().get();
                    } catch (ExecutionException e) {
                        assertThat(e).hasCauseInstanceOf(FencedException.class);
                    }
                }
                return List.of();
            };

            TestCluster.inParallel(List.of(writer, a::reapAll));
            a.reapAll();

            assertThat(a.sessionsOf(zombie.id())).isEmpty();
            assertThat(a.count()).as("round " + round).isZero();
            assertThat(a.online()).isEmpty();
        }
    }
}
