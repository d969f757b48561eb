package io.scarfall.server;

import org.jspecify.annotations.Nullable;

/** The server could not start, for a reason outside its configuration; the message says which. */
final class StartException extends Exception {

    private static final long serialVersionUID = 1;

    StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
