package io.scarfall.engineio;

/** The sessions of a server. Thread-safe. */
interface SessionGroup {

    EngineConfig config();

    /** A client exceeded a limit. */
    void exceeded(Limit limit);

    /** A session has ended, and nothing is left to send to its client. */
    void remove(EngineSession session);
}
