package io.scarfall.presence.internal;

import io.scarfall.presence.internal.check.Check;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A revocation of proofs of identity. Immutable.
 *
 * @param target the user, session or token
 * @param version the time in microseconds since 1970 by the store's clock; a later revocation has a higher version
 */
public record Revocation(Target target, long version) {

    /** @throws IllegalArgumentException if the version is not positive */
    public Revocation {
        Objects.requireNonNull(target, "target");
        Check.atLeast("version", version, 1);
    }

    /** The time of the revocation. */
    public Instant at() {
        return Instant.EPOCH.plus(version, ChronoUnit.MICROS);
    }

    /** The kinds of targets. */
    public enum Kind {
        /** Everything that was issued for a user until then. */
        USER,
        /** One session of a user. */
        SESSION,
        /** One token. */
        TOKEN
    }

    /**
     * The target of a revocation.
     *
     * @param id of the user, or of the token: 1 to 512 characters
     * @param sessionId of the user's session; null unless the kind is {@code SESSION}
     */
    public record Target(Kind kind, String id, @Nullable String sessionId) {

        /** @throws IllegalArgumentException if an id is malformed */
        public Target {
            Check.id(kind == Kind.TOKEN ? "tokenId" : "userId", id);
            if ((kind == Kind.SESSION) != (sessionId != null)) {
                throw new IllegalArgumentException("sessionId: of a " + kind + " (expected: of a SESSION alone)");
            }
            if (sessionId != null) {
                Check.id("sessionId", sessionId);
            }
        }

        /** Everything that was issued for a user until then. */
        public static Target user(String userId) {
            return new Target(Kind.USER, userId, null);
        }

        /** One session of a user. */
        public static Target session(String userId, String sessionId) {
            return new Target(Kind.SESSION, userId, sessionId);
        }

        /** One token, by an id from which no token can be made. */
        public static Target token(String tokenId) {
            return new Target(Kind.TOKEN, tokenId, null);
        }

        /**
         * The text that {@link #parse} reads: {@code u:USER}, {@code s:LENGTH:USER SESSION} without the space, or
         * {@code t:TOKEN}.
         */
        public String text() {
            return switch (kind) {
                case USER -> "u:" + id;
                case SESSION -> "s:" + id.length() + ':' + id + sessionId;
                case TOKEN -> "t:" + id;
            };
        }

        /**
         * Parses a target.
         *
         * @throws IllegalArgumentException if the text is malformed
         */
        public static Target parse(String text) {
            try {
                String rest = text.substring(2);
                return switch (text.substring(0, 2)) {
                    case "u:" -> user(rest);
                    case "t:" -> token(rest);
                    case "s:" -> {
                        int colon = rest.indexOf(':');
                        int end = colon + 1 + Integer.parseInt(rest, 0, colon, 10);
                        yield session(rest.substring(colon + 1, end), rest.substring(end));
                    }
                    default -> throw malformed();
                };
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw malformed();
            }
        }

        private static IllegalArgumentException malformed() {
            return new IllegalArgumentException("target: malformed (expected: what this version writes)");
        }
    }
}
