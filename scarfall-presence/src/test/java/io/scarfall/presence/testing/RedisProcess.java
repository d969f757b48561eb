package io.scarfall.presence.testing;

/** A running {@code redis-server}, with the signals that tests send it. For one test thread at a time. */
interface RedisProcess {

    /** Its process id on this machine. */
    long pid();

    boolean isAlive();

    /** SIGKILL, also of a frozen process; returns when it is gone. Does nothing if it has ended. */
    void kill();

    /** SIGTERM; returns when it is gone. */
    void terminate();

    /** SIGSTOP; returns when it has stopped. */
    void freeze();

    /** SIGCONT. */
    void thaw();
}
