package io.scarfall.engineio;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;

/** The client's end of a connection, on a socket that is connected. */
class SocketPeer<S extends Socket> implements Peer {

    static final int PATIENCE_MILLIS = 20_000;

    final S socket;
    final InputStream in;

    SocketPeer(S socket) {
        this.socket = socket;
        try {
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream input() {
        return in;
    }

    @Override
    public void hangUp() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
