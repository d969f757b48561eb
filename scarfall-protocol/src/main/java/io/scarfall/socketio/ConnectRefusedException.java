package io.scarfall.socketio;

import org.jspecify.annotations.Nullable;

/** A {@link ConnectGuard} refuses a client. Carries no stack trace: clients may cause it as often as they like. */
public final class ConnectRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient @Nullable Object data;

    /**
     * @param message what the client reads as {@code err.message}
     * @param data what it reads as {@code err.data}, written by Jackson; null for none
     */
    public ConnectRefusedException(String message, @Nullable Object data) {
        super(message, null, false, false);
        this.data = data;
    }

    public @Nullable Object data() {
        return data;
    }
}
