package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client that sends many packets at once: over WebSocket as frames of one write, over polling as one payload. Packets are
 * Engine.IO packets with their type as the first character.
 */
abstract class Burst implements AutoCloseable {

    final Socket socket;
    final DataInputStream in;

    private Burst(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) Client.PATIENCE.toMillis());
        in = new DataInputStream(socket.getInputStream());
    }

    static Burst open(String transport, int port) {
        try {
            return transport.equals("polling") ? new Polling(port) : new WebSocket(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    abstract void send(List<String> packets);

    /** Waits for the next packet. */
    abstract String next();

    /** Waits for a packet with this prefix. Returns the packets before it, and this packet as the last element. */
    List<String> until(String begin) {
        List<String> packets = new ArrayList<>();
        do {
            packets.add(next());
            assertThat(packets).as("before %s", begin).doesNotContain(RawClient.CLOSED);
            assertThat(packets.size() == 1 || !packets.get(packets.size() - 2).startsWith("41"))
                    .as("disconnected before %s: %s", begin, packets)
                    .isTrue();
        } while (!packets.get(packets.size() - 1).startsWith(begin));
        return packets;
    }

    /** Breaks the connection. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the head of a response, and returns the length of its body. */
    static int head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after " + head);
            }
            head.append((char) next);
        }
        for (String line : head.toString().split("\r\n")) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                return Integer.parseInt(line.substring(15).strip());
            }
        }
        return 0;
    }

    private static final class WebSocket extends Burst {

        WebSocket(int port) throws IOException {
            super(port);
            socket.getOutputStream()
                    .write(("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
                                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            head(in);
            next();
        }

        @Override
        void send(List<String> packets) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (String packet : packets) {
                byte[] text = packet.getBytes(StandardCharsets.UTF_8);
                all.write(0x81);
                if (text.length < 126) {
                    all.write(0x80 | text.length);
                } else {
                    all.write(0x80 | 126);
                    all.write(text.length >> 8);
                    all.write(text.length);
                }
                all.writeBytes(new byte[4]); // a mask of zeros changes nothing
                all.writeBytes(text);
            }
            try {
                socket.getOutputStream().write(all.toByteArray());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        String next() {
            try {
                int first = in.readUnsignedByte();
                if (first != 0x81) {
                    return RawClient.CLOSED;
                }
                int length = in.readUnsignedByte();
                length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
                return new String(in.readNBytes(length), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return RawClient.CLOSED;
            }
        }
    }

    private static final class Polling extends Burst {

        private static final String SEPARATOR = "\u001e";

        private final int port;
        private final String sid;
        private final List<String> received = new ArrayList<>();

        Polling(int port) throws IOException {
            super(port);
            this.port = port;
            String open = get("");
            assertThat(open).startsWith("0{\"sid\":\"");
            sid = open.substring(9, open.indexOf('"', 9));
        }

        private String get(String query) throws IOException {
            socket.getOutputStream()
                    .write(("GET /socket.io/?EIO=4&transport=polling" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(in.readNBytes(head(in)), StandardCharsets.UTF_8);
        }

        /** Sends on a separate connection, and does not wait for the answer. */
        @Override
        void send(List<String> packets) {
            byte[] body = String.join(SEPARATOR, packets).getBytes(StandardCharsets.UTF_8);
            try {
                Socket post = new Socket(InetAddress.getLoopbackAddress(), port);
                post.getOutputStream()
                        .write(("POST /socket.io/?EIO=4&transport=polling&sid=" + sid
                                        + " HTTP/1.1\r\nHost: localhost\r\n"
                                        + "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: " + body.length
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                post.getOutputStream().write(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        String next() {
            try {
                while (received.isEmpty()) {
                    received.addAll(List.of(get("&sid=" + sid).split(SEPARATOR)));
                }
                return received.remove(0);
            } catch (IOException e) {
                return RawClient.CLOSED;
            }
        }
    }
}
