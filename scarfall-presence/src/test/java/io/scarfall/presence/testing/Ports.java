package io.scarfall.presence.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports of loopback. */
final class Ports {

    /**
     * Below the ports that systems assign to connections and to servers that ask for any (from 32768 on), so that a
     * port stays free while its server is down. A node of a Redis Cluster also takes the port 10000 above its own.
     */
    private static final int FIRST = 12_000;

    private static final int COUNT = 10_000;
    private static final int BUS = 10_000;

    private Ports() {}

    /** A port that is free now, as is the one 10000 above it. Another process may take it first: be ready to try again. */
    static int free() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            if (isFree(port) && isFree(port + BUS)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + (FIRST + COUNT));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
