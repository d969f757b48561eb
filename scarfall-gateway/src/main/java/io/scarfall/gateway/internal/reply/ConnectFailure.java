package io.scarfall.gateway.internal.reply;

/**
 * The data of a refused CONNECT besides its message, for programs.
 *
 * @param code as {@link Failure#code}
 * @param retry whether a retry with the same token or key can succeed
 */
public record ConnectFailure(String code, boolean retry) {}
