package io.scarfall.presence;

/** A list of friends would exceed its bound; it was not changed. */
public final class TooManyFriendsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Refuses a list of this length. */
    public TooManyFriendsException(int friends, int maxFriends) {
        super("friends: " + friends + " (expected: <= " + maxFriends + ")");
    }
}
