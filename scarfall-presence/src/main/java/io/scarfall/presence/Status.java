package io.scarfall.presence;

import com.fasterxml.jackson.annotation.JsonValue;

/** Whether a user is online. */
public enum Status {
    /** At least one session is open, or the last one closed so recently that the grace still runs. */
    ONLINE("online"),
    /** No session is open. */
    OFFLINE("offline");

    private final String word;

    Status(String word) {
        this.word = word;
    }

    /** The lower-case word for it, on the wire and in stores. */
    @JsonValue
    public String word() {
        return word;
    }
}
