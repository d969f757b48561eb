package io.scarfall.presence;

/** A write took effect, but its answer is lost: thrown by fixtures that lose answers. */
public final class LostAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;
}
