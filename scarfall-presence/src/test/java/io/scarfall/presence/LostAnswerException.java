package io.scarfall.presence;

/** A write took effect, and whoever called it does not learn that: as a fixture that loses answers says it. */
public final class LostAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;
}
