package io.scarfall.presence.internal;

/** Stored data could not be read and was removed. A node that has a copy writes it again. */
public final class DataLostException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public DataLostException(String message) {
        super(message);
    }
}
