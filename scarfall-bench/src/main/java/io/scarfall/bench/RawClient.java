package io.scarfall.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The part of a WebSocket client (RFC 6455) that an attacker needs: it blocks, trusts the server, and can send what a
 * well-behaved client would not. Not thread-safe, except {@link #close}.
 */
final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;
    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "\r\n");

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    /** Connects, and waits for the answer to the upgrade. */
    static RawClient open(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            RawClient client = new RawClient(socket);
            client.sendRaw(UPGRADE.getBytes(StandardCharsets.US_ASCII));
            client.readHead();
            return client;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException(head.substring(0, head.indexOf("\r\n")));
        }
    }

    /** Joins the main namespace, with a token if it is not empty. */
    RawClient join(String token) throws IOException {
        send(token.isEmpty() ? "40" : "40{\"token\":\"" + token + "\"}");
        return this;
    }

    /** Sends a text message, masked with zeros. */
    void send(String text) throws IOException {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        int extended = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
        byte[] frame = new byte[2 + extended + 4 + payload.length];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | (extended == 0 ? payload.length : extended == 2 ? 126 : 127));
        for (int i = 0; i < extended; i++) {
            frame[2 + i] = (byte) ((long) payload.length >>> (8 * (extended - 1 - i)));
        }
        System.arraycopy(payload, 0, frame, frame.length - payload.length, payload.length);
        sendRaw(frame);
    }

    void sendRaw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** Reads messages until one contains this text; answers heartbeats. */
    void await(String part) throws IOException {
        String message;
        do {
            message = receive();
        } while (!message.contains(part));
    }

    private String receive() throws IOException {
        while (true) {
            int head = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            long size = length < 126 ? length : length == 126 ? in.readUnsignedShort() : in.readLong();
            byte[] payload = in.readNBytes((int) size);
            if (payload.length < size || (head & 0xF) == 8) {
                throw new EOFException("closed");
            }
            String message = new String(payload, StandardCharsets.UTF_8);
            if (message.equals("2")) {
                send("3");
            } else {
                return message;
            }
        }
    }

    /** Starts a thread that reads everything and drops it. */
    void discard() {
        Thread reader = new Thread(() -> {
            byte[] buffer = new byte[64 * 1024];
            try {
                int read;
                do {
                    read = in.read(buffer);
                } while (read >= 0);
            } catch (IOException e) {
                // the connection was closed, which ends this thread
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
