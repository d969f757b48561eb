package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.testing.Await;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract of {@link NodeBus} without faults. */
public abstract class NodeBusContract extends ClusterContract {

    @Test
    void aMessageReachesTheNodeItWasSentTo() throws Exception {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        BlockingQueue<byte[]> atA = listen(a);
        BlockingQueue<byte[]> atB = listen(b);
        byte[] bytes = {0, -1, 127, -128, '\r', '\n'};

        assertThat(await(a.cluster().bus().send(b.id(), bytes))).isTrue();

        assertThat(next(atB)).isEqualTo(bytes);
        assertThat(await(b.cluster().bus().send(a.id(), text("back")))).isTrue();
        assertThat(next(atA)).isEqualTo(text("back"));
        assertThat(atA).isEmpty();
        assertThat(atB).isEmpty();
    }

    @Test
    void aNodeReachesItself() throws Exception {
        Node a = cluster().join("a");
        BlockingQueue<byte[]> atA = listen(a);
        assertThat(await(a.cluster().bus().send(a.id(), text("me")))).isTrue();
        assertThat(next(atA)).isEqualTo(text("me"));
    }

    @Test
    void messagesArriveInOrderOneAtATime() throws Exception {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
        AtomicInteger inside = new AtomicInteger();
        await(b.cluster().bus().listen(b.id(), message -> {
            int others = inside.getAndIncrement();
            received.add(others == 0 ? Integer.parseInt(new String(message, StandardCharsets.UTF_8)) : -1);
            inside.decrementAndGet();
        }));

        for (int i = 0; i < 500; i++) {
            assertThat(await(a.cluster().bus().send(b.id(), text(String.valueOf(i)))))
                    .isTrue();
        }

        for (int i = 0; i < 500; i++) {
            assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
        }
    }

    @Test
    void aSenderLearnsThatNoNodeListens() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        assertThat(await(a.cluster().bus().send(b.id(), text("x")))).isFalse();
        assertThat(await(a.cluster().bus().send(new NodeId("nobody", 1), text("x"))))
                .isFalse();
    }

    @Test
    void messagesAreForOneLifeOfANode() throws Exception {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        BlockingQueue<byte[]> before = listen(b);
        Node again = b.rejoin();
        BlockingQueue<byte[]> after = listen(again);

        assertThat(await(a.cluster().bus().send(again.id(), text("new")))).isTrue();
        assertThat(next(after)).isEqualTo(text("new"));
        assertThat(await(a.cluster().bus().send(b.id(), text("old")))).isTrue();
        assertThat(next(before)).isEqualTo(text("old"));
        assertThat(after).isEmpty();
    }

    @Test
    void closedInboxesReceiveNothing() throws Exception {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        NodeBus.Inbox inbox = await(b.cluster().bus().listen(b.id(), received::add));
        inbox.close();
        inbox.close();

        Await.until(
                "messages to reach no listener", () -> !await(a.cluster().bus().send(b.id(), text("x"))));
        assertThat(received).isEmpty();
        BlockingQueue<byte[]> again = listen(b);
        assertThat(await(a.cluster().bus().send(b.id(), text("y")))).isTrue();
        assertThat(next(again)).isEqualTo(text("y"));
        inbox.close();
        assertThat(await(a.cluster().bus().send(b.id(), text("z"))))
                .as("an old inbox closes itself only")
                .isTrue();
    }

    @Test
    void oneListenerPerNode() {
        Node a = cluster().join("a");
        listen(a);
        assertThat(failure(a.cluster().bus().listen(a.id(), message -> {}))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aListenerThatFailsCostsItsMessageOnly() throws Exception {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        await(a.cluster().bus().listen(a.id(), message -> {
            if (message.length == 0) {
                throw new IllegalStateException("as a test wants it");
            }
            received.add(message);
        }));
        await(a.cluster().bus().send(a.id(), new byte[0]));
        await(a.cluster().bus().send(a.id(), text("next")));
        assertThat(next(received)).isEqualTo(text("next"));
    }

    @Test
    void largeMessagesPassAndTooLargeOnesAreRefused() throws Exception {
        Node a = cluster().join("a");
        BlockingQueue<byte[]> received = listen(a);
        NodeBus bus = a.cluster().bus();
        byte[] large = new byte[4 << 20];
        large[large.length - 1] = 7;

        assertThat(bus.maxMessageBytes()).isGreaterThanOrEqualTo(large.length);
        assertThat(await(bus.send(a.id(), large))).isTrue();
        assertThat(next(received)).isEqualTo(large);
        assertThat(failure(bus.send(a.id(), new byte[bus.maxMessageBytes() + 1])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: <= " + bus.maxMessageBytes());
    }

    private static BlockingQueue<byte[]> listen(Node node) {
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        await(node.cluster().bus().listen(node.id(), received::add));
        return received;
    }

    private static byte[] next(BlockingQueue<byte[]> received) throws InterruptedException {
        byte[] message = received.poll(10, TimeUnit.SECONDS);
        assertThat(message).as("a message within 10 s").isNotNull();
        return message == null ? new byte[0] : message;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
