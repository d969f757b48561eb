package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static io.scarfall.testing.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Bytes;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.testing.Answers;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Events and acks with attachments (Socket.IO protocol 5, "Binary event"). */
class BinaryTest {

    private static final String FIRST = "{'_placeholder':true,'num':0}";
    private static final String SECOND = "{'_placeholder':true,'num':1}";

    @AutoClose
    final CapturedLog log = new CapturedLog();

    @AutoClose
    final TestServer server = new TestServer();

    private final Broadcaster all = Broadcaster.of("/");

    record File(String name, byte[] content) {}

    record Folder(File file, List<Bytes> pages) {}

    /** A server that echoes what it gets: as ack, and as event {@code back}. */
    private TestClient echo() {
        server.start(namespace(all)
                .on("echo", (socket, arguments) -> {
                    socket.emit("back", arguments);
                    return arguments;
                })
                .build());
        return server.join();
    }

    private static Bytes bytes(int... values) {
        byte[] array = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            array[i] = (byte) values[i];
        }
        return Bytes.wrap(array);
    }

    @Test
    void attachmentsAreEchoedWithTheirText() {
        TestClient client = echo();
        client.send("51-7['echo'," + FIRST + "]", new byte[] {1, 2, 3});
        client.expect("51-['back'," + FIRST + "]");
        assertThat(client.binary()).isEqualTo(bytes(1, 2, 3));
        client.expect("61-7[" + FIRST + "]");
        assertThat(client.binary()).isEqualTo(bytes(1, 2, 3));
        client.fence();
    }

    @Test
    void attachmentsBelongToANamespaceToo() {
        server.start(namespace("/custom")
                .on("echo", (socket, arguments) -> arguments)
                .build());
        TestClient client = server.open();
        client.join("/custom");
        client.send("52-/custom,7['echo'," + FIRST + "," + SECOND + "]", new byte[] {1}, new byte[] {2});
        client.expect("62-/custom,7[" + FIRST + "," + SECOND + "]");
        assertThat(client.binary()).isEqualTo(bytes(1));
        assertThat(client.binary()).isEqualTo(bytes(2));
    }

    @Test
    void anEmptyAttachmentIsAnAttachment() {
        TestClient client = echo();
        client.send("52-['echo'," + FIRST + "," + SECOND + "]", new byte[0], new byte[] {1});
        client.expect("52-['back'," + FIRST + "," + SECOND + "]");
        assertThat(client.binary()).isEqualTo(Bytes.EMPTY);
        assertThat(client.binary()).isEqualTo(bytes(1));
    }

    @Test
    void placeholdersMayStandAnywhereInAnyOrderAndTwice() {
        server.start(namespace("/")
                .on("sum", (socket, arguments) -> {
                    Folder folder = arguments.get(0, Folder.class);
                    byte[][] list = arguments.get(1, byte[][].class);
                    return List.of(
                            folder.file().name(),
                            folder.file().content()[0],
                            folder.pages().get(0).at(0),
                            folder.pages().get(1).at(0),
                            list[0][0],
                            list[1][0]);
                })
                .build());
        TestClient client = server.join();
        client.send(
                "52-1['sum',{'pages':[{'num':1,'_placeholder':true}," + FIRST + "],'file':{'content':{'num' : 0 ,"
                        + "'_placeholder' : true},'name':'a'}},[" + SECOND + "," + SECOND + "]]",
                new byte[] {10},
                new byte[] {20});
        client.expect("31[['a',10,20,10,20,20]]");
    }

    @Test
    void anAttachmentWithoutAPlaceholderIsAllowed() {
        TestClient client = echo();
        client.send("51-['echo','text']", new byte[] {1});
        client.expect("51-['back','text']");
        assertThat(client.binary()).isEqualTo(bytes(1));
    }

    @Test
    void inAPacketWithoutAttachmentsAPlaceholderIsAnObject() {
        TestClient client = echo();
        client.send("21['echo'," + FIRST + ",{'_placeholder':false,'num':9}]");
        client.expect("2['back'," + FIRST + ",{'_placeholder':false,'num':9}]");
        client.expect("31[" + FIRST + ",{'_placeholder':false,'num':9}]");
    }

    @Test
    void oneEventTakesTextAndBinary() {
        server.start(namespace("/")
                .on("any", (socket, arguments) -> arguments.attachments().isEmpty() ? "text" : "binary")
                .on("bytes", byte[].class, (socket, content) -> content.length)
                .build());
        TestClient client = server.join();
        client.send("21['any','x']").expect("31['text']");
        client.send("51-2['any'," + FIRST + "]", new byte[1]).expect("32['binary']");
        client.send("23['bytes','eHg=']")
                .expect("33[{'status':'error','error':'invalid arguments: [0]','code':'invalid'}]");
        client.send("51-4['bytes'," + FIRST + "]", new byte[3]).expect("34[3]");
    }

    @Test
    void binaryDataBecomesAttachmentsWhereverItIs() {
        server.start(namespace("/")
                .on(
                        "nested",
                        (socket, arguments) -> Arguments.of(
                                new Folder(new File("a", new byte[] {1}), List.of(bytes(2), Bytes.EMPTY)),
                                ByteBuffer.wrap(new byte[] {0, 3, 0}, 1, 1),
                                Map.of("deep", List.of(bytes(4)))))
                .on("echo", ByteBuffer.class, (socket, buffer) -> buffer.asReadOnlyBuffer())
                .build());
        TestClient client = server.join();
        client.send("21['nested']");
        client.expect("65-1[{'file':{'name':'a','content':{'_placeholder':true,'num':0}},'pages':["
                + "{'_placeholder':true,'num':1},{'_placeholder':true,'num':2}]},{'_placeholder':true,'num':3},"
                + "{'deep':[{'_placeholder':true,'num':4}]}]");
        assertThat(List.of(client.binary(), client.binary(), client.binary(), client.binary(), client.binary()))
                .containsExactly(bytes(1), bytes(2), Bytes.EMPTY, bytes(3), bytes(4));
        client.send("51-2['echo',{'_placeholder':true,'num':0}]", new byte[] {5});
        client.expect("61-2[{'_placeholder':true,'num':0}]");
        assertThat(client.binary()).isEqualTo(bytes(5));
        client.fence();
    }

    @Test
    void binaryAnswersReachTheServer() {
        server.start(namespace(all).build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        CompletionStage<Arguments> one = socket.emitWithAck(TestClient.PATIENCE, "ask", bytes(1));
        CompletionStage<Adapter.BroadcastAnswers> many = all.emitWithAck(TestClient.PATIENCE, "ask", bytes(2));
        client.expect("51-0['ask'," + FIRST + "]");
        assertThat(client.binary()).isEqualTo(bytes(1));
        client.expect("51-1['ask'," + FIRST + "]");
        assertThat(client.binary()).isEqualTo(bytes(2));
        client.send("61-0[" + FIRST + "]", new byte[] {3});
        client.send("61-1[" + FIRST + "]", new byte[] {4});
        assertThat(await(one).get(0, Bytes.class)).isEqualTo(bytes(3));
        assertThat(await(many).acks().get(0).get(0, Bytes.class)).isEqualTo(bytes(4));
    }

    @Test
    void anUnexpectedBinaryAckIsIgnored() {
        TestClient client = echo();
        client.send("61-99[" + FIRST + "]", new byte[] {3});
        client.fence();
    }

    @Test
    void onePacketIsTakenHoweverLargeItsAttachmentsAre() {
        server.config().maxUnsentBytes(1000);
        server.start(namespace("/")
                .on("download", Integer.class, (socket, size) -> Arguments.of(new byte[size], "and", new byte[size]))
                .build());
        TestClient client = server.join();
        client.send("21['download',600000]");
        client.expect("62-1[" + FIRST + ",'and'," + SECOND + "]");
        assertThat(client.binary().length()).isEqualTo(600_000);
        assertThat(client.binary().length()).isEqualTo(600_000);
        client.fence();
    }

    @Test
    void pingsMayComeBetweenAnEventAndItsAttachments() {
        TestClient client = echo();
        client.send("51-1['echo'," + FIRST + "]");
        client.sendFrame("3");
        client.sendAttachment(new byte[] {1});
        client.expect("51-['back'," + FIRST + "]");
        assertThat(client.binary()).isEqualTo(bytes(1));
    }

    @Test
    void anIncompletePacketIsDroppedWhenTheSessionEnds() {
        CompletableFuture<DisconnectReason> left = new CompletableFuture<>();
        server.start(namespace("/")
                .onAny((socket, event, arguments) -> left.completeExceptionally(new AssertionError(event)))
                .onDisconnect((socket, reason) -> left.complete(reason))
                .build());
        TestClient client = server.join();
        client.send("52-['echo'," + FIRST + "," + SECOND + "]", new byte[1]);
        client.closeTransport();
        assertThat(await(left)).isEqualTo(DisconnectReason.TRANSPORT_CLOSE);
    }

    /** Header and attachments are several frames: no frame of another thread may come in between. */
    @Test
    void threadsThatBroadcastAtOnceDoNotMixTheirAttachments() {
        int rounds = 1000;
        server.start(namespace(all).build());
        TestClient client = server.open();
        Socket socket = server.socket(client.join());
        CyclicBarrier barrier = new CyclicBarrier(2);
        Executor threadEach = task ->
                new Thread(task).start(); // in a common pool of one thread the tasks would never run at the same time
        List<CompletableFuture<Void>> threads = List.of(
                CompletableFuture.runAsync(
                        () -> {
                            meet(barrier);
                            for (int i = 0; i < rounds; i++) {
                                all.emit("bin", 0, i, content(0, i), content(0, i));
                            }
                        },
                        threadEach),
                CompletableFuture.runAsync(
                        () -> {
                            meet(barrier);
                            for (int i = 0; i < rounds; i++) {
                                socket.emit("bin", 1, i, content(1, i), content(1, i));
                            }
                        },
                        threadEach));
        Pattern header = Pattern.compile("52-\\[\"bin\",([01]),(\\d+),.*");
        int[] next = new int[2];
        for (int i = 0; i < 2 * rounds; i++) {
            String text = client.text();
            Matcher matcher = header.matcher(text);
            assertThat(matcher.matches()).as(text).isTrue();
            int thread = Integer.parseInt(matcher.group(1));
            int number = Integer.parseInt(matcher.group(2));
            assertThat(number).isEqualTo(next[thread]++);
            assertThat(client.binary()).isEqualTo(Bytes.wrap(content(thread, number)));
            assertThat(client.binary()).isEqualTo(Bytes.wrap(content(thread, number)));
        }
        threads.forEach(Answers::await);
        client.fence();
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(TestClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] content(int thread, int number) {
        byte[] content = new byte[number % 40];
        Arrays.fill(content, (byte) (thread * 100 + number % 100));
        return content;
    }
}
