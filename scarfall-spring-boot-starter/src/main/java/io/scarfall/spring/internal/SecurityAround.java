package io.scarfall.spring.internal;

import io.scarfall.gateway.UserCall;
import io.scarfall.socketio.EventRefusedException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/** Sets the security context of the user while a method runs, so that method security works. Thread-safe. */
final class SecurityAround implements EventAround {

    private final PrincipalSource principals;

    SecurityAround(PrincipalSource principals) {
        this.principals = principals;
    }

    @Override
    public @Nullable Object around(UserCall user, String event, Callable<@Nullable Object> call) throws Exception {
        return aroundError(user, call);
    }

    @Override
    public @Nullable Object aroundError(UserCall user, Callable<@Nullable Object> call) throws Exception {
        SecurityContextHolderStrategy holder = SecurityContextHolder.getContextHolderStrategy();
        SecurityContext before = holder.getContext();
        SecurityContext context = holder.createEmptyContext();
        if (principals.of(user) instanceof Authentication authentication) {
            context.setAuthentication(authentication);
        }
        holder.setContext(context);
        try {
            return call.call();
        } finally {
            if (before.getAuthentication() == null) {
                holder.clearContext();
            } else {
                holder.setContext(before);
            }
        }
    }

    @Override
    public Throwable translate(Throwable failure) {
        if (failure instanceof AccessDeniedException || failure instanceof AuthenticationException) {
            return new EventRefusedException("forbidden", "you may not do this");
        }
        return failure;
    }
}
