package io.scarfall.engineio;

import static io.scarfall.engineio.Frame.BINARY;
import static io.scarfall.engineio.Frame.CLOSE;
import static io.scarfall.engineio.Frame.CONTINUATION;
import static io.scarfall.engineio.Frame.FIN;
import static io.scarfall.engineio.Frame.PING;
import static io.scarfall.engineio.Frame.PONG;
import static io.scarfall.engineio.Frame.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455, frame by frame. Comments name the section. */
class WebSocketTest {

    private static final int MAX_PAYLOAD = 70_000;

    private ClockedServer server = new ClockedServer(builder -> builder.maxPayloadBytes(MAX_PAYLOAD));
    private final ClockedServer.Connection client = server.connect();
    private final String sid = client.openWebSocket();
    private final EngineSession session = server.session(sid).session;

    @AfterEach
    void tearDown() {
        server.close();
    }

    private void assertReceived(String... events) {
        server.session(sid).assertNext(events);
        server.session(sid).assertNothing();
    }

    private void assertViolation(int code) {
        client.assertFrames("close " + code);
        client.assertClosed();
        assertReceived("closed TRANSPORT_ERROR");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // 5.2 Lengths

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 124, 125, 126, 127, 128, 255, 256, 65_534, 65_535, 65_536, 65_537, MAX_PAYLOAD})
    void textOfEveryLengthIsReadAndWritten(int length) {
        String message = "é".repeat((length - 1) / 2) + "x".repeat((length - 1) % 2);
        client.send("4" + message);
        assertReceived("text " + message);
        session.send(Bytes.utf8(message));
        client.assertFrames("text 4" + message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 125, 126, 8_192, 8_193, 65_535, 65_536, MAX_PAYLOAD})
    void binaryOfEveryLengthIsReadAndWritten(int length) {
        byte[] message = new byte[length];
        new SplittableRandom(length).nextBytes(message);
        String hex = HexFormat.of().formatHex(message);
        client.send(Frame.binary(message));
        assertReceived("binary " + hex);
        session.sendBinary(Bytes.wrap(message));
        client.assertFrames("binary " + hex);
    }

    @Test
    void largestMessageIsTakenAndOneByteMoreIsNot() {
        client.send("4" + "x".repeat(MAX_PAYLOAD - 1));
        assertReceived("text " + "x".repeat(MAX_PAYLOAD - 1));
        client.send("4" + "x".repeat(MAX_PAYLOAD));
        assertViolation(1009);
    }

    @Test
    void frameThatIsTooLargeIsRefusedByItsHead() {
        byte[] frame = Frame.binary(new byte[MAX_PAYLOAD + 1]).masked();
        client.write(Arrays.copyOf(frame, 10));
        assertViolation(1009);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7fffffffffffffff",
                "8000000000000000",
                "ffffffffffffffff",
                "0000000100000000",
                "00000000ffffffff"
            })
    void lengthsBeyondAllBoundsAreRefused(String length) {
        client.write(HexFormat.of().parseHex("82ff" + length + "00000000"));
        assertViolation(1009);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7fffffffffffffff", "8000000000000000", "ffffffffffffffff"})
    void lengthsBeyondAllBoundsAreRefusedInAFragmentToo(String length) {
        client.send(Frame.part(TEXT, utf8("4abc")));
        client.write(HexFormat.of().parseHex("80ff" + length + "00000000"));
        assertViolation(1009);
    }

    @Test
    void emptyTextFrameIsNoPacket() {
        client.send("");
        client.assertFrames("close");
        assertReceived("closed PARSE_ERROR");
    }

    @Test
    void base64InATextFrameIsABinaryMessage() {
        client.send("bAQIDBA==", "b");
        assertReceived("binary 01020304", "binary ");
    }

    // 5.3 Masks

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, 0x80000000, 0x00FF00FF, 0x12345678, 0x000000FF, 0xFF000000})
    void everyMaskIsRemoved(int mask) {
        for (int length = 0; length < 40; length++) {
            byte[] message = new byte[length];
            new SplittableRandom(mask).nextBytes(message);
            client.write(Frame.binary(message).masked(mask));
            assertReceived("binary " + HexFormat.of().formatHex(message));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"810134", "8100", "8200", "8900", "8a00", "8800", "817e0080", "817f0000000000000001"})
    void frameWithoutAMaskIsRefused(String frame) {
        client.write(HexFormat.of().parseHex(frame));
        assertViolation(1002);
    }

    // 5.2 Reserved bits and opcodes

    @ParameterizedTest
    @ValueSource(ints = {0x40, 0x20, 0x10, 0x50, 0x70})
    void reservedBitsAreRefused(int bits) {
        for (int opcode : new int[] {TEXT, BINARY, PING, PONG, CLOSE}) {
            ClockedServer.Connection other = server.connect();
            String otherSid = other.openWebSocket();
            other.send(new Frame(FIN | bits | opcode, utf8("4x")));
            other.assertFrames("close 1002");
            other.assertClosed();
            server.session(otherSid).assertNext("closed TRANSPORT_ERROR");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    void unknownOpcodesAreRefused(int opcode) {
        client.send("4before");
        client.write(Frame.bytes(new Frame(FIN | opcode, utf8("x")), Frame.text("4after")));
        client.assertFrames("close 1002");
        client.assertClosed();
        assertReceived("text before", "closed TRANSPORT_ERROR");
    }

    // 5.4 Fragments

    @Test
    void fragmentsAreOneMessage() {
        client.send(Frame.part(TEXT, utf8("4a")));
        client.send(Frame.part(CONTINUATION, utf8("b")));
        client.send(Frame.part(CONTINUATION));
        client.send(Frame.last(utf8("c")));
        client.send(Frame.part(BINARY, (byte) 1));
        client.send(Frame.last((byte) 2));
        client.send(Frame.part(BINARY));
        client.send(Frame.last());
        client.send("4d");
        assertReceived("text abc", "binary 0102", "binary ", "text d");
    }

    @Test
    void emptyFragmentsMayEndAMessage() {
        client.send(Frame.part(TEXT));
        client.send(Frame.part(CONTINUATION, utf8("4x")));
        client.send(Frame.last());
        assertReceived("text x");
    }

    @Test
    void controlFramesMayComeBetweenFragments() {
        client.send(Frame.part(TEXT, utf8("4a")));
        client.send(Frame.ping("one"));
        client.assertFrames("pong one");
        client.send(Frame.part(CONTINUATION, utf8("b")));
        client.send(new Frame(FIN | PONG, utf8("unasked")));
        client.send(Frame.ping(""));
        client.assertFrames("pong ");
        client.send(Frame.last(utf8("c")));
        assertReceived("text abc");
    }

    @Test
    void closeMayComeBetweenFragments() {
        client.send(Frame.part(TEXT, utf8("4a")));
        client.send(Frame.close(1000, ""));
        client.assertFrames("close");
        client.assertClosed();
        assertReceived("closed TRANSPORT_CLOSE");
    }

    @Test
    void continuationOfNothingIsRefused() {
        client.send(Frame.last(utf8("4x")));
        assertViolation(1002);
    }

    @Test
    void continuationOfNothingIsRefusedAfterAMessageToo() {
        client.send(Frame.part(TEXT, utf8("4a")));
        client.send(Frame.last(utf8("b")));
        assertReceived("text ab");
        client.send(Frame.part(CONTINUATION, utf8("c")));
        assertViolation(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {TEXT, BINARY, FIN | TEXT, FIN | BINARY})
    void messageInsideAnotherIsRefused(int first) {
        client.send(Frame.part(TEXT, utf8("4a")));
        client.send(new Frame(first, utf8("4b")));
        assertViolation(1002);
    }

    @Test
    void limitCountsAllFragmentsOfAMessage() {
        client.send(Frame.part(BINARY, new byte[MAX_PAYLOAD - 1]));
        client.send(Frame.ping("does not count"));
        client.assertFrames("pong does not count");
        client.send(Frame.last((byte) 7));
        assertThat(server.session(sid).next())
                .hasSize("binary ".length() + 2 * MAX_PAYLOAD)
                .endsWith("07");
        client.send(Frame.part(BINARY, new byte[MAX_PAYLOAD]));
        client.send(Frame.part(CONTINUATION));
        client.send(Frame.last((byte) 7));
        assertViolation(1009);
    }

    @Test
    void fragmentsOfOneByteAreBoundedToo() {
        client.send(Frame.part(BINARY));
        byte[] frame = Frame.part(CONTINUATION, (byte) 1).masked();
        for (int i = 0; i < MAX_PAYLOAD; i += 1000) {
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (int j = 0; j < 1000; j++) {
                frames.writeBytes(frame);
            }
            client.write(frames.toByteArray());
        }
        client.assertOpenAndSilent();
        client.write(frame);
        assertViolation(1009);
    }

    // 8.1 UTF-8

    @Test
    void charactersMayBeSplitOverFragments() {
        byte[] text = utf8("4é€\uD83D\uDE00");
        for (int i = 0; i < text.length; i++) {
            int first = (i == 0 ? TEXT : CONTINUATION) | (i == text.length - 1 ? FIN : 0);
            client.send(new Frame(first, new byte[] {text[i]}));
        }
        assertReceived("text é€\uD83D\uDE00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c0af", "eda080", "f4908080", "80", "ff", "c3", "e282", "c328"})
    void textThatIsNotUtf8IsRefused(String hex) {
        byte[] bad = HexFormat.of().parseHex("34" + hex);
        client.send(new Frame(FIN | TEXT, bad));
        assertViolation(1007);
        ClockedServer.Connection other = server.connect();
        String otherSid = other.openWebSocket();
        other.send(Frame.part(TEXT, Arrays.copyOf(bad, 2)));
        other.send(Frame.last(Arrays.copyOfRange(bad, 2, bad.length)));
        other.assertFrames("close 1007");
        other.assertClosed();
        server.session(otherSid).assertNext("closed TRANSPORT_ERROR");
        server.session(otherSid).assertNothing();
    }

    @Test
    void binaryNeedNotBeUtf8() {
        client.send(Frame.binary((byte) 0xC3, (byte) 0x28));
        assertReceived("binary c328");
    }

    // 5.5 Control frames

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 124, 125})
    void pingIsAnsweredWithItsPayload(int length) {
        byte[] payload = new byte[length];
        new SplittableRandom(length).nextBytes(payload);
        client.send(new Frame(FIN | PING, payload));
        Frame pong = client.frame();
        assertThat(pong.first()).isEqualTo(FIN | PONG);
        assertThat(pong.payload()).isEqualTo(Bytes.wrap(payload));
        server.session(sid).assertNothing();
    }

    @Test
    void pingsAreAnsweredInTheirOrder() {
        client.write(Frame.bytes(Frame.ping("a"), Frame.ping("b"), Frame.ping("c")));
        client.assertFrames("pong a", "pong b", "pong c");
    }

    @Test
    void pongIsIgnored() {
        client.send(new Frame(FIN | PONG, utf8("x")));
        client.assertOpenAndSilent();
    }

    @ParameterizedTest
    @ValueSource(ints = {PING, PONG, CLOSE})
    void controlFrameThatIsTooLargeIsRefused(int opcode) {
        client.send(new Frame(FIN | opcode, new byte[126]));
        assertViolation(1002);
    }

    @ParameterizedTest
    @ValueSource(strings = {"89fe0001", "89ff", "88ff0000000000000002"})
    void controlFrameWithALongLengthIsRefusedByItsHead(String head) {
        client.write(HexFormat.of().parseHex(head));
        assertViolation(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {PING, PONG, CLOSE})
    void controlFrameInFragmentsIsRefused(int opcode) {
        client.send(Frame.part(opcode, utf8("x")));
        assertViolation(1002);
    }

    // 5.5.1 and 7 Closing

    @ParameterizedTest
    @ValueSource(
            ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    void allowedCloseCodesAreAnswered(int code) {
        client.send(Frame.close(code, "because of é"));
        client.assertFrames("close");
        client.assertClosed();
        assertReceived("closed TRANSPORT_CLOSE");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
    void otherCloseCodesAreRefused(int code) {
        client.send(Frame.close(code, ""));
        assertViolation(1002);
    }

    @Test
    void closeOfOneByteIsRefused() {
        client.send(new Frame(FIN | CLOSE, new byte[] {3}));
        assertViolation(1002);
    }

    @Test
    void reasonThatIsNotUtf8IsRefused() {
        client.send(Frame.close(1000, new byte[] {'a', (byte) 0xC3}));
        assertViolation(1007);
    }

    @Test
    void longestReasonIsTaken() {
        client.send(Frame.close(1000, "x".repeat(123)));
        client.assertFrames("close");
        client.assertClosed();
        assertReceived("closed TRANSPORT_CLOSE");
    }

    @Test
    void nothingAfterACloseIsRead() {
        client.write(Frame.bytes(Frame.text("4a"), Frame.close(), Frame.text("4b"), Frame.ping("x"), Frame.close()));
        client.assertFrames("close");
        client.assertClosed();
        assertReceived("text a", "closed TRANSPORT_CLOSE");
    }

    @Test
    void sentMessagesLeaveBeforeTheAnswerToAClose() {
        session.send(Bytes.utf8("x"));
        client.send(Frame.close());
        client.assertFrames("text 4x", "close");
        client.assertClosed();
        assertReceived("closed TRANSPORT_CLOSE");
    }

    @Test
    void pingAfterOurCloseIsNotAnswered() {
        session.close(CloseReason.FORCED_CLOSE);
        client.assertFrames("close");
        client.send(Frame.ping("x"));
        client.send("4x");
        client.assertOpenAndSilent();
        client.send(Frame.close());
        client.assertClosed();
        assertReceived("closed FORCED_CLOSE");
    }

    @Test
    void violationAfterOurCloseClosesTheConnection() {
        session.close(CloseReason.FORCED_CLOSE);
        client.assertFrames("close");
        client.send(Frame.last());
        client.assertClosed();
        assertReceived("closed FORCED_CLOSE");
    }

    // Streams of bytes

    @Test
    void framesMayComeByteByByte() {
        byte[] frames = Frame.bytes(
                Frame.part(TEXT, utf8("4é")),
                Frame.ping("p"),
                Frame.last(utf8("x".repeat(300))),
                Frame.binary((byte) 1),
                Frame.binary(new byte[300]),
                Frame.close(1000, "bye"));
        for (byte b : frames) {
            client.write(new byte[] {b});
        }
        client.assertFrames("pong p", "close");
        client.assertClosed();
        assertReceived("text é" + "x".repeat(300), "binary 01", "binary " + "00".repeat(300), "closed TRANSPORT_CLOSE");
    }

    @Test
    void manyFramesMayComeAtOnce() {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            frames.writeBytes(Frame.text("4" + i).masked());
            expected.add("text " + i);
        }
        client.write(frames.toByteArray());
        assertThat(server.session(sid).drain()).isEqualTo(expected);
    }

    @Test
    void framesMayComeRightAfterTheUpgradeRequest() {
        ClockedServer.Connection other = server.connect();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(utf8("GET " + Peer.WEBSOCKET
                + " HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
                + "Sec-WebSocket-Key: " + Peer.KEY + "\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        bytes.writeBytes(Frame.bytes(Frame.text("4a"), Frame.ping("p")));
        byte[] half = Frame.text("4b").masked();
        bytes.write(half, 0, 3);
        other.write(bytes.toByteArray());
        other.assertUpgraded();
        String otherSid = Peer.sid(other.frame().toString());
        other.assertFrames("pong p");
        server.session(otherSid).assertNext("text a");
        other.write(Arrays.copyOfRange(half, 3, half.length));
        server.session(otherSid).assertNext("text b");
    }

    @Test
    void badFrameMayComeRightAfterTheUpgradeRequest() {
        ClockedServer.Connection other = server.connect();
        other.write("GET " + Peer.WEBSOCKET
                + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: " + Peer.KEY
                + "\r\nSec-WebSocket-Version: 13\r\n\r\nA\0\0");
        other.assertUpgraded();
        String otherSid = Peer.sid(other.frame().toString());
        other.assertFrames("close 1002");
        other.assertClosed();
        server.session(otherSid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void messagesOfOnePassLeaveInTheirOrderWhateverTheirSize() {
        Randomly.repeat(20, random -> {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                byte[] message = new byte[Randomly.oneOf(random, 0, 10, 1000, 8_191, 8_192, 8_193, 20_000)];
                random.nextBytes(message);
                session.sendBinary(Bytes.wrap(message));
                expected.add("binary " + HexFormat.of().formatHex(message));
                if (random.nextInt(4) == 0) {
                    server.settle();
                }
            }
            for (String frame : expected) {
                assertThat(client.frame().toString().equals(frame)).isTrue();
            }
        });
    }

    @Test
    void messageMayBeAPartOfALargerArray() {
        Bytes bytes = Bytes.utf8("x".repeat(10_000) + "hello" + "y".repeat(10_000));
        session.send(bytes.slice(10_000, 10_005));
        session.send(bytes.slice(999, 10_000));
        client.assertFrames("text 4hello", "text 4" + "x".repeat(9_001));
    }

    /** Streams of valid frames, cut anywhere, compared with their content. */
    @Test
    void randomStreamsAreReadAsTheyWereWritten() {
        Randomly.repeat(200, random -> {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            List<String> expected = new ArrayList<>();
            for (int messages = random.nextInt(10); messages >= 0; messages--) {
                boolean text = random.nextBoolean();
                byte[] message = text ? utf8("4" + Randomly.text(random, 200)) : Randomly.bytes(random, 500);
                expected.add(
                        text
                                ? "text " + new String(message, 1, message.length - 1, StandardCharsets.UTF_8)
                                : "binary " + HexFormat.of().formatHex(message));
                int at = 0;
                int opcode = text ? TEXT : BINARY;
                while (opcode >= 0) {
                    int end = random.nextInt(3) == 0 ? message.length : at + random.nextInt(message.length - at + 1);
                    byte[] part = Arrays.copyOfRange(message, at, end);
                    stream.writeBytes(
                            new Frame(opcode | (end == message.length ? FIN : 0), part).masked(random.nextInt()));
                    opcode = end == message.length ? -1 : CONTINUATION;
                    at = end;
                    if (random.nextInt(4) == 0) {
                        stream.writeBytes(new Frame(FIN | PONG, Randomly.bytes(random, 125)).masked(random.nextInt()));
                    }
                }
            }
            byte[] bytes = stream.toByteArray();
            for (int at = 0; at < bytes.length; ) {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(Randomly.oneOf(random, 3, 20, 2000)));
                client.write(Arrays.copyOfRange(bytes, at, end));
                at = end;
            }
            assertThat(server.session(sid).drain()).isEqualTo(expected);
        });
    }

    /** Any input gives messages or a close frame, and no error is logged. */
    @Test
    void randomBytesDoNoHarm() {
        try (ErrorLog errors = new ErrorLog()) {
            Randomly.repeat(1_000, random -> {
                try (ClockedServer own = new ClockedServer(builder -> builder.maxPayloadBytes(1000))) {
                    ClockedServer.Connection other = own.connect();
                    String otherSid = other.openWebSocket();
                    byte[] bytes =
                            Frame.bytes(Frame.text("4hello"), Frame.part(TEXT, utf8("4a")), Frame.last(utf8("b")));
                    for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                    }
                    other.write(bytes);
                    while (!other.unread().isEmpty()) {
                        assertThat(other.frame().toString()).matches("(?s)(close( 100[279])?|pong .*)");
                    }
                    own.session(otherSid).drain();
                }
            });
            errors.assertNothing();
        }
    }
}
