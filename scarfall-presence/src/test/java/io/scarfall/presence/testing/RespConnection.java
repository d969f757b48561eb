package io.scarfall.presence.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a Redis server, in RESP2, blocking, so that the actions of a test on a server do not depend on
 * the client under test. Not thread-safe. Failures throw {@link UncheckedIOException}, and end the connection.
 */
public final class RespConnection implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private RespConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    /**
     * Connects.
     *
     * @param timeout of the connect, and of each reply
     * @param tls makes it a TLS connection, if given
     */
    static RespConnection open(String host, int port, Duration timeout, @Nullable SSLSocketFactory tls) {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) timeout.toMillis());
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            if (tls != null) {
                SSLSocket secured = (SSLSocket) tls.createSocket(socket, host, port, true);
                socket = secured;
                secured.startHandshake();
            }
            return new RespConnection(socket);
        } catch (IOException e) {
            close(socket);
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sends a command and reads its reply.
     *
     * @return a String (simple or bulk, as UTF-8), a Long, a List of these (an error within one is an
     *     {@link ErrorReply}), or null
     * @throws ErrorReply if the reply is an error
     */
    public @Nullable Object call(String... command) {
        send(command);
        return receive();
    }

    /** Sends a command only; {@link #receive} its reply later. */
    public void send(String... command) {
        try {
            write("*" + command.length);
            for (String argument : command) {
                byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
                write("$" + bytes.length);
                out.write(bytes);
                write("");
            }
            out.flush();
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one reply, or one message of a subscription; as {@link #call}. */
    public @Nullable Object receive() {
        Object reply;
        try {
            reply = read();
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
        if (reply instanceof ErrorReply error) {
            throw error;
        }
        return reply;
    }

    /** Whether part of a reply is there, or comes within a tenth of a second. */
    public boolean poll() {
        try {
            int timeout = socket.getSoTimeout();
            in.mark(1);
            socket.setSoTimeout(100);
            try {
                return in.read() >= 0;
            } catch (SocketTimeoutException e) {
                return false;
            } finally {
                in.reset();
                socket.setSoTimeout(timeout);
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String line) throws IOException {
        out.write(line.getBytes(StandardCharsets.US_ASCII));
        out.write('\r');
        out.write('\n');
    }

    private @Nullable Object read() throws IOException {
        String line = readLine();
        String value = line.substring(1);
        switch (line.charAt(0)) {
            case '+':
                return value;
            case '-':
                return new ErrorReply(value);
            case ':':
                return Long.valueOf(value);
            case '$':
                int length = Integer.parseInt(value);
                if (length < 0) {
                    return null;
                }
                byte[] bytes = in.readNBytes(length);
                if (bytes.length < length) {
                    throw new EOFException("within a reply");
                }
                readLine();
                return new String(bytes, StandardCharsets.UTF_8);
            case '*':
                int count = Integer.parseInt(value);
                if (count < 0) {
                    return null;
                }
                List<@Nullable Object> items = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    items.add(read());
                }
                return items;
            default:
                throw new IOException("no RESP2: " + line);
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException(line.isEmpty() ? "closed by the server" : "within a reply");
            }
            line.append((char) c);
        }
        if (in.read() != '\n') {
            throw new IOException("no RESP2: a line that does not end");
        }
        return line.toString();
    }

    /** An error that Redis answered; its message is the reply's, such as {@code NOAUTH Authentication required.} */
    public static final class ErrorReply extends RuntimeException {

        private static final long serialVersionUID = 1;

        ErrorReply(String message) {
            super(message);
        }
    }
}
