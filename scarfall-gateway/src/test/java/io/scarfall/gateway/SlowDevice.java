package io.scarfall.gateway;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A user's device that reads only when the test says so. */
interface SlowDevice extends AutoCloseable {

    int RECEIVE_BUFFER_BYTES = 4_096;

    /** Reads packets until one contains the text. Returns the packets before that one. */
    List<String> readUntil(String text);

    Socket socket();

    @Override
    default void close() {
        try {
            socket().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Joins as a user, and then reads nothing. */
    static SlowDevice join(String transport, int port, String userId) throws IOException {
        String join = "40{\"token\":\"" + Tokens.of(userId) + "\"}";
        SlowDevice device = transport.equals("polling") ? new Polling(port, join) : new WebSocket(port, join);
        device.readUntil("2[\"connected\"");
        return device;
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        socket.setSoTimeout((int) Client.PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** One connection with small kernel buffers. */
    final class WebSocket implements SlowDevice {

        private final Socket socket;
        private final DataInputStream in;

        private WebSocket(int port, String join) throws IOException {
            socket = connect(port);
            in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            out.write(("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] text = join.getBytes(StandardCharsets.US_ASCII);
            out.write(new byte[] {
                (byte) 0x81, (byte) (0x80 | 126), (byte) (text.length >> 8), (byte) text.length, 0, 0, 0, 0
            });
            out.write(text);
            head(in);
        }

        @Override
        public List<String> readUntil(String text) {
            List<String> packets = new ArrayList<>();
            try {
                while (true) {
                    String packet = packet();
                    if (packet.contains(text)) {
                        return packets;
                    }
                    packets.add(packet);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String packet() throws IOException {
            in.readUnsignedByte();
            int length = in.readUnsignedByte();
            long bytes = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            byte[] payload = new byte[(int) bytes];
            in.readFully(payload);
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** The raw socket, for slow readers. */
        InputStream input() {
            return in;
        }

        @Override
        public Socket socket() {
            return socket;
        }
    }

    /** Polls only when the test reads. */
    final class Polling implements SlowDevice {

        private static final String TARGET = "/socket.io/?EIO=4&transport=polling";

        private final Socket socket;
        private final InputStream in;
        private final String sid;
        private final List<String> fetched = new ArrayList<>();

        private Polling(int port, String join) throws IOException {
            socket = connect(port);
            in = new BufferedInputStream(socket.getInputStream());
            String open = request("GET", "", "");
            sid = open.replaceAll(".*\"sid\":\"([^\"]*)\".*", "$1");
            request("POST", "&sid=" + sid, join);
        }

        private String request(String method, String query, String body) throws IOException {
            socket.getOutputStream()
                    .write((method + " " + TARGET + query + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            String head = head(in);
            int length = Integer.parseInt(head.replaceAll("(?is).*content-length: (\\d+).*", "$1"));
            return new String(in.readNBytes(length), StandardCharsets.UTF_8);
        }

        @Override
        public List<String> readUntil(String text) {
            List<String> packets = new ArrayList<>();
            try {
                while (true) {
                    while (fetched.isEmpty()) {
                        fetched.addAll(List.of(request("GET", "&sid=" + sid, "").split("\u001E")));
                    }
                    String packet = fetched.remove(0);
                    if (packet.contains(text)) {
                        return packets;
                    }
                    packets.add(packet);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Socket socket() {
            return socket;
        }
    }
}
