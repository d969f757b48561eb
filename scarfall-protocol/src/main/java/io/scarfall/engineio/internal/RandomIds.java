package io.scarfall.engineio.internal;

import io.netty.util.concurrent.FastThreadLocal;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Makes ids of 20 characters from 120 random bits, for sessions, sockets and messages: unguessable, and safe in a URL.
 * Each thread draws random bytes for many ids at a time. Thread-safe.
 */
public final class RandomIds {

    private static final int ID_BYTES = 15;
    private static final int IDS_PER_DRAW = 64;

    private final SecureRandom random = new SecureRandom();
    private final FastThreadLocal<Draw> draws = new FastThreadLocal<>() {
        @Override
        protected Draw initialValue() {
            return new Draw();
        }
    };

    private static final class Draw {
        final byte[] bytes = new byte[ID_BYTES * IDS_PER_DRAW];
        final byte[] id = new byte[ID_BYTES];
        int used = bytes.length;
    }

    /** Returns a new id. */
    public String next() {
        Draw draw = draws.get();
        if (draw.used == draw.bytes.length) {
            random.nextBytes(draw.bytes);
            draw.used = 0;
        }
        System.arraycopy(draw.bytes, draw.used, draw.id, 0, ID_BYTES);
        draw.used += ID_BYTES;
        return Base64.getUrlEncoder().encodeToString(draw.id);
    }
}
