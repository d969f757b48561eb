package io.scarfall.presence;

/** Whether a user is there. */
public enum Status {
    /** At least one session lives, or the last one closed so recently that the grace still runs. */
    ONLINE("online"),
    /** No session lives. */
    OFFLINE("offline");

    private final String word;

    Status(String word) {
        this.word = word;
    }

    /** The word for it on the wire and in stores, in lower case. */
    public String word() {
        return word;
    }
}
