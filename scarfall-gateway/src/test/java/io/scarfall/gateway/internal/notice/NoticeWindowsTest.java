package io.scarfall.gateway.internal.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NoticeWindowsTest {

    private static final Duration LENGTH = Duration.ofMillis(250);

    private final AtomicLong now = new AtomicLong();
    private final List<String> sent = new ArrayList<>();
    private final NoticeWindows windows = new NoticeWindows(LENGTH, now::get, this::send);

    private void send(List<Recipient> receivers, UserEvent event, String subject, long version) {
        receivers.forEach(receiver -> sent.add(receiver.id() + " " + subject + " " + version));
    }

    private void offer(String subject, long version, String... receivers) {
        windows.offer(
                List.of(receivers).stream().map(Recipient::of).toList(),
                UserEvent.of("user_status_update", Arguments.of(version)),
                subject,
                version);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        windows.tick(Runnable::run);
    }

    private void expect(String... notices) {
        assertThat(sent).containsExactly(notices);
        sent.clear();
    }

    @AfterEach
    void nothingIsKept() {
        pass(LENGTH);
        pass(LENGTH);
        assertThat(windows.size()).isZero();
        assertThat(windows.waitingCount()).isZero();
    }

    @Test
    void theFirstChangePassesAtOnceAndTheNewestLaterOneAtTheEndOfTheWindow() {
        offer("anna", 1, "bob", "carl");
        expect("bob anna 1", "carl anna 1");
        for (int i = 2; i < 100; i++) {
            offer("anna", i, "bob", "carl");
        }
        pass(LENGTH.minusNanos(1));
        expect();
        pass(Duration.ofNanos(1));
        expect("bob anna 99", "carl anna 99");
        offer("anna", 100, "bob");
        expect();
        pass(LENGTH);
        expect("bob anna 100");
    }

    @Test
    void afterAQuietTimeNothingWaits() {
        offer("anna", 1, "bob");
        pass(LENGTH);
        offer("anna", 2, "bob");
        expect("bob anna 1", "bob anna 2");
        now.addAndGet(LENGTH.toNanos()); // the tick is late
        offer("anna", 3, "bob");
        expect("bob anna 3");
    }

    @Test
    void usersDoNotWaitForEachOther() {
        offer("anna", 1, "bob");
        offer("dora", 1, "bob");
        expect("bob anna 1", "bob dora 1");
    }

    @Test
    void pagesOfOneChangeAreSentTogether() {
        offer("anna", 1, "bob");
        offer("anna", 1, "carl");
        expect("bob anna 1", "carl anna 1");
        offer("anna", 2, "bob");
        offer("anna", 2, "carl");
        offer("anna", 3, "bob"); // the page of carl has not arrived yet
        pass(LENGTH);
        expect("carl anna 2", "bob anna 3");
        offer("anna", 3, "carl");
        expect("carl anna 3");
    }

    @Test
    void anOlderChangeDoesNotReplaceANewerOne() {
        offer("anna", 1, "bob");
        offer("anna", 3, "bob");
        offer("anna", 2, "bob");
        sent.clear();
        pass(LENGTH);
        expect("bob anna 3");
    }

    @Test
    void theNumberOfWaitingChangesIsBounded() {
        String[] receivers = IntStream.range(0, 1_000).mapToObj(i -> "r" + i).toArray(String[]::new);
        int users = NoticeWindows.MAX_WAITING / receivers.length;
        for (int i = 0; i < users + 5; i++) {
            offer("user" + i, 1, "x");
        }
        sent.clear();
        for (int i = 0; i < users + 5; i++) {
            offer("user" + i, 2, receivers);
        }
        assertThat(windows.waitingCount()).isEqualTo(NoticeWindows.MAX_WAITING);
        assertThat(sent).hasSize(5 * receivers.length);
        pass(LENGTH);
        assertThat(sent).hasSize((users + 5) * receivers.length);
    }

    @Test
    void withoutAWindowAllChangesPass() {
        NoticeWindows none = new NoticeWindows(Duration.ZERO, now::get, this::send);
        for (int i = 1; i < 4; i++) {
            none.offer(List.of(Recipient.of("bob")), UserEvent.of("x", Arguments.of(i)), "anna", i);
        }
        expect("bob anna 1", "bob anna 2", "bob anna 3");
    }
}
