package io.scarfall.gateway;

import org.junit.jupiter.api.AfterEach;

/** One gateway, which a test starts. It is closed after the test. */
abstract class OneNode {

    Scarfall scarfall;

    /** A gateway on free ports, for tokens of {@link Tokens}. */
    static ScarfallBuilder onFreePorts() {
        return Scarfall.builder().jwtSecret(Tokens.SECRET).port(0).internalPort(0);
    }

    @AfterEach
    final void close() {
        if (scarfall != null) {
            scarfall.close();
        }
    }
}
