package io.scarfall.presence.internal;

/** What a store kept could not be read and was removed: who knows what it was is to tell the store again. */
public final class DataLostException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public DataLostException(String message) {
        super(message);
    }
}
