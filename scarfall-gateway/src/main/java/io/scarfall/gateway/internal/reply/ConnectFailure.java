package io.scarfall.gateway.internal.reply;

/**
 * What a refused CONNECT carries beside its message, for programs.
 *
 * @param code as {@link Failure#code}
 * @param retry whether trying again with the same proof can help
 */
public record ConnectFailure(String code, boolean retry) {}
