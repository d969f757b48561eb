package io.scarfall.server;

/** The server could not start, for a reason outside its configuration; the message says which. */
final class StartException extends Exception {

    private static final long serialVersionUID = 1;

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
