package io.scarfall.presence.redis;

import io.scarfall.presence.Status;
import org.jspecify.annotations.Nullable;

/**
 * The state of a user, as scripts write it into the user's record and into the feed.
 *
 * @param told the status that follows from the stored sessions, which watchers were notified of
 * @param lastSeen in milliseconds
 * @param since online: when the grace ends, 0 if none runs; offline: since when; in milliseconds
 */
record UserState(
        Status told,
        long version,
        long lastSeen,
        long since,
        @Nullable String email) {

    static UserState parse(String text) {
        String[] parts = text.split("\t", 5);
        if (parts.length != 5) {
            throw Fields.malformed();
        }
        return new UserState(
                parts[0].equals("1") ? Status.ONLINE : Status.OFFLINE,
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Fields.text(parts[4]));
    }
}
