package io.scarfall.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.scarfall.server.faults.Ledger.Frozen;
import io.scarfall.server.faults.Ledger.Message;
import io.scarfall.server.faults.Ledger.Receiver;
import io.scarfall.server.faults.Ledger.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The ledger counts every broken guarantee, and nothing else. */
class LedgerTest {

    private static final int PORT = 1;

    private final Ledger ledger = new Ledger();

    /**
     * A device with fixed messages.
     *
     * @param from the start of its connection, in seconds
     * @param to the end of its connection, in seconds
     */
    private record Fake(String userId, List<String> messages, long from, long to) implements Receiver {

        @Override
        public boolean left(int port, long start, long end) {
            return port == PORT && start <= seconds(to) && seconds(to) <= end;
        }

        @Override
        public String story(long moment) {
            return "from " + from + " to " + to;
        }

        @Override
        public boolean wasConnected(long start, long end) {
            return seconds(from) <= start && end <= seconds(to);
        }
    }

    private static long seconds(long count) {
        return TimeUnit.SECONDS.toNanos(count);
    }

    private static Fake always(String userId, String... messages) {
        return new Fake(userId, List.of(messages), 0, 100);
    }

    /** Records a message to Bob that was sent at 10 s and acked at 11 s. */
    private void sent(String text, String recipients) throws JsonProcessingException {
        Message message = new Message(text, PORT, List.of("bob"), seconds(10));
        ledger.add(message);
        message.answered(
                new ObjectMapper().readTree("{\"recipients\":" + recipients.replace('\'', '"') + "}"), seconds(11));
    }

    private Verdict judge(Receiver... receivers) {
        return ledger.judge(List.of(receivers), Map.of());
    }

    @Test
    void aMessageThatArrivedIsSent() throws Exception {
        sent("1:1", "{'sent':['bob']}");
        sent("1:2", "{'sent':['bob']}");
        assertThat(judge(always("bob", "1:1", "1:2")))
                .isEqualTo(new Verdict(2, 0, 0, 2, 0, 0, 0, 1_000, 0, 0, 0, 0, 0, 0, List.of()));
    }

    @Test
    void aMessageReportedAsSentThatReachedNoDeviceIsLost() throws Exception {
        sent("1:1", "{'sent':['bob']}");
        Verdict verdict = judge(always("bob"), always("carol", "1:1"));
        assertThat(verdict.lost()).isOne();
        assertThat(verdict.examples())
                .containsExactly(
                        "lost 1:1 at bob (at 0 ms to port 1, ack at 1000 ms: {\"recipients\":{\"sent\":[\"bob\"]}};"
                                + " from 0 to 100)");
    }

    @Test
    void aDeviceThatWasNotConnectedAllTheTimeMissesNothing() throws Exception {
        sent("1:1", "{'sent':['bob']}");
        assertThat(judge(new Fake("bob", List.of(), 11, 100)).lost()).isZero();
        assertThat(judge(new Fake("bob", List.of(), 0, 10)).lost()).isZero();
        assertThat(judge(new Fake("bob", List.of(), 10, 12)).lost()).isOne();
    }

    @Test
    void aMessageThatReachedOnlyAnotherDeviceOfTheUserIsMissed() throws Exception {
        sent("1:1", "{'sent':['bob']}");
        Verdict verdict = judge(always("bob"), always("bob", "1:1"));
        assertThat(verdict.missed()).isOne();
        assertThat(verdict.missedAsTold()).isZero();
        assertThat(verdict.lost()).isZero();
    }

    @Test
    void aMissedMessageIsCountedSeparatelyIfTheAckSaidPartial() throws Exception {
        sent("1:1", "{'sent':['bob'],'failed':[],'partial':['bob']}");
        sent("1:2", "{'sent':['bob'],'failed':[],'partial':['bob']}");
        Verdict verdict = judge(always("bob", "1:1"), always("bob", "1:1", "1:2"));
        assertThat(verdict.sent()).isEqualTo(2);
        assertThat(verdict.partial()).isEqualTo(2);
        assertThat(verdict.missedAsTold()).isOne();
        assertThat(verdict.missed()).isZero();
        assertThat(verdict.lost()).isZero();
    }

    @Test
    void aPartialMessageThatReachedNoDeviceIsLost() throws Exception {
        sent("1:1", "{'sent':['bob'],'failed':[],'partial':['bob']}");
        Verdict verdict = judge(always("bob"), always("bob"));
        assertThat(verdict.lost()).isOne();
        assertThat(verdict.missedAsTold()).isZero();
    }

    /** Until the server has read that the device left, the device counts; the ack says that another one may have missed it. */
    @Test
    void aFrozenServerMayCountADeviceThatLeftIfItSaysPartial() throws Exception {
        sent("1:1", "{'sent':['bob'],'failed':[],'partial':['bob']}");
        Map<Integer, Frozen> stopped = Map.of(PORT, new Frozen(PORT, seconds(6)));
        Receiver stays = always("bob");
        Receiver leaves = new Fake("bob", List.of(), 0, 8);
        Verdict verdict = ledger.judge(List.of(stays, leaves), stopped);
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.missedAsTold()).isOne();

        assertThat(ledger.judge(List.of(stays), stopped).lost()).isOne();
        assertThat(ledger.judge(List.of(stays, leaves), Map.of()).lost()).isOne();
        Receiver leftBefore = new Fake("bob", List.of(), 0, 5);
        assertThat(ledger.judge(List.of(stays, leftBefore), stopped).lost()).isOne();
        Receiver leavesAfterTheAck = new Fake("bob", List.of(), 0, 12);
        assertThat(ledger.judge(List.of(leavesAfterTheAck), stopped).lost()).isOne();
    }

    @Test
    void aFrozenServerMustSayPartial() throws Exception {
        sent("1:1", "{'sent':['bob'],'failed':[]}");
        Receiver leaves = new Fake("bob", List.of(), 0, 8);
        assertThat(ledger.judge(List.of(always("bob"), leaves), Map.of(PORT, new Frozen(PORT, seconds(6))))
                        .lost())
                .isOne();
    }

    @Test
    void aMessageReportedAsFailedThatArrivedIsAPhantom() throws Exception {
        sent("1:1", "{'sent':[],'failed':['bob']}");
        sent("1:2", "{'sent':[],'failed':['bob'],'uncertain':['bob']}");
        Verdict verdict = judge(always("bob", "1:1", "1:2"));
        assertThat(verdict.phantom()).isOne();
        assertThat(verdict.failed()).isOne();
        assertThat(verdict.uncertain()).isOne();
        assertThat(judge(always("bob")).phantom()).isZero();
    }

    @Test
    void repeatedAndReorderedMessagesAreCounted() throws Exception {
        sent("1:1", "{'sent':['bob']}");
        sent("1:2", "{'sent':['bob']}");
        sent("2:1", "{'sent':['bob']}");
        assertThat(judge(always("bob", "1:1", "2:1", "1:2", "1:2")).duplicated())
                .isOne();
        assertThat(judge(always("bob", "1:2", "2:1", "1:1")).reordered()).isOne();
        assertThat(judge(always("bob", "1:1"), always("bob", "2:1", "1:2")).reordered())
                .isZero();
    }

    @Test
    void theLastCautiousMessageHasPartialInItsAck() throws Exception {
        sent("1:1", "{'sent':['bob'],'failed':[]}");
        assertThat(ledger.lastCautious(seconds(5))).isEqualTo(seconds(5));
        sent("1:2", "{'sent':['bob'],'failed':[],'partial':['bob']}");
        assertThat(ledger.lastCautious(seconds(5))).isEqualTo(seconds(10));
        assertThat(ledger.lastCautious(seconds(12))).isEqualTo(seconds(12));
    }

    @Test
    void aMessageWhoseSenderDisconnectedIsNotUnanswered() {
        Message cut = new Message("1:1", PORT, List.of("bob"), seconds(10));
        ledger.add(cut);
        ledger.add(new Message("1:2", PORT, List.of("bob"), seconds(10)));
        cut.answered(null, seconds(11));
        Verdict verdict = judge(always("bob", "1:1"));
        assertThat(verdict.cut()).isOne();
        assertThat(verdict.unanswered()).isOne();
        assertThat(verdict.phantom()).isZero();
    }

    @Test
    void acksOfAFrozenServerDoNotCountAsSlow() throws Exception {
        sent("1:1", "{'sent':['bob']}");
        assertThat(ledger.judge(List.of(always("bob", "1:1")), Map.of(PORT, new Frozen(PORT, seconds(10))))
                        .slowestAckMillis())
                .isZero();
    }
}
