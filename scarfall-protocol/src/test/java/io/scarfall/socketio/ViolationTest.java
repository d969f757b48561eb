package io.scarfall.socketio;

import static io.scarfall.socketio.TestServer.namespace;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Limit;
import io.scarfall.socketio.packet.JsonLimits;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client in a namespace must not send: the session ends at once, without an answer. */
class ViolationTest extends OneServer {

    private TestClient joined() {
        start();
        return server.join();
    }

    private void start() {
        server.start(namespace("/")
                .onAny((socket, event, arguments) -> journal.add("event " + event))
                .onDisconnect((socket, reason) -> journal.add(reason.wire()))
                .build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // no packet
                "",
                "abc",
                "7",
                "9",
                // no event
                "2",
                "2{}",
                "2[]",
                "2'x'",
                "2[null]",
                "2[true]",
                "2[{}]",
                "2['x']trail",
                "2[",
                "2['x',]",
                // no id
                "2abc['x']",
                "2-1['x']",
                "21.5['x']",
                "21e3['x']",
                "2,['x']",
                "29007199254740992['x']",
                // no ack
                "31{}",
                "31'x'",
                // no disconnect
                "1{}",
                "1[]",
                // no connect, or not now
                "0",
                "0[]",
                "0/custom,'x'",
                "0/custom,{",
                // only servers may send this
                "4{'message':'x'}",
                // a namespace that was not joined
                "2/custom,['x']",
                "2/custom['x']",
                "3/custom,1[]",
                "1/custom,",
                // no attachments
                "5['x']",
                "5-['x']",
                "5a-['x']",
                "51.5-['x']",
                "5-1-['x']",
                "50-['x']",
                "511-['x']",
                "599999999999-['x']",
                "6['x']",
                "51-['x',{'_placeholder':true,'num':1}]",
                "51-['x',{'_placeholder':true,'num':-1}]",
                "51-['x',{'_placeholder':true,'num':'0'}]",
                "51-['x',{'_placeholder':true}]",
                "51-[{'_placeholder':true,'num':0}]",
                "51-['disconnect',{'_placeholder':true,'num':0}]"
            })
    void endsTheSession(String packet) {
        TestClient client = joined();
        client.send(packet).expectClosed();
        journal.expect("forced close");
    }

    @Test
    void aTextInsteadOfAnAttachmentEndsTheSession() {
        TestClient client = joined();
        client.send("51-['x',{'_placeholder':true,'num':0}]").send("2['x']").expectClosed();
        journal.expect("forced close");
    }

    @Test
    void anUnannouncedAttachmentEndsTheSession() {
        TestClient client = joined();
        client.send("2['x']", new byte[] {1}).expectClosed();
        journal.expect("event x", "forced close");
    }

    @Test
    void oneAttachmentTooManyEndsTheSession() {
        TestClient client = joined();
        client.send("51-['x',{'_placeholder':true,'num':0}]", new byte[] {1}, new byte[] {2})
                .expectClosed();
        journal.expect("event x", "forced close");
    }

    @Test
    void theLimitOfAttachmentsIsSetByTheApplication() {
        server.start(
                new SocketConfig(TestClient.PATIENCE, 1),
                namespace("/")
                        .on("x", (socket, arguments) -> arguments.attachments().size())
                        .build());
        TestClient client = server.join();
        client.send("51-1['x']", new byte[0]).expect("31[1]");
        client.send("52-2['x']").expectClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "3[]", "3999[1]", "2['x']", "2[ 'x' , [ ] ]", "2[1]", "2/,['x']", "200['x']"})
    void oddButAllowedPacketsChangeNothing(String packet) {
        TestClient client = joined();
        client.send(packet);
        client.fence();
        while (!journal.rest().isEmpty()) {
            journal.next();
        }
        client.send("1");
        journal.expect("client namespace disconnect");
    }

    @Test
    void packetsAfterAViolationAreNotRead() {
        start();
        server.post("42{}", "42['x']");
        journal.expect("forced close");
    }

    @Test
    void limitsOfJsonAreSetByTheApplicationAndCounted() {
        Queue<Limit> exceeded = new ConcurrentLinkedQueue<>();
        server.config().limits(exceeded::add);
        JsonLimits json = new JsonLimits(2, 3, 2, 2);
        server.start(
                SocketConfig.DEFAULT.withJson(json),
                namespace("/").on("x", (socket, arguments) -> "ok").build());
        TestClient neighbour = server.join();
        for (String packet :
                new String[] {"2['x',[[[1]]]]", "2['x',1234]", "2['x',1,2,3]", "2['x',{'a':1,'b':2,'c':3}]", "599-['x']"
                }) {
            server.join().send(packet).expectClosed();
        }
        assertThat(exceeded)
                .containsExactly(
                        Limit.JSON_DEPTH,
                        Limit.JSON_NUMBER_LENGTH,
                        Limit.ARGUMENTS,
                        Limit.JSON_KEYS,
                        Limit.ATTACHMENTS);
        neighbour.send("21['x',[[1]],{'a':1,'b':2}]").expect("31['ok']");
    }
}
