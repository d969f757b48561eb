package io.scarfall.presence.redis;

import io.lettuce.core.RedisException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command failed before it was sent, so that it certainly had no effect. */
final class NotSentException extends RedisException {

    private static final long serialVersionUID = 1L;

    /** How the messages of Lettuce begin for the same; it has no type for them. */
    private static final List<String> OF_LETTUCE =
            List.of("Currently not connected", "Connection is closed", "Request queue size exceeded");

    NotSentException(String message) {
        super(message);
    }

    NotSentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether this failed before it was sent. */
    static boolean isUnsent(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof NotSentException
                || failure instanceof LayoutException
                || (failure instanceof RedisException
                        && message != null
                        && OF_LETTUCE.stream().anyMatch(message::startsWith));
    }
}
