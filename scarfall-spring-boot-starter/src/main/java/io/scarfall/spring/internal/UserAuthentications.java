package io.scarfall.spring.internal;

import io.scarfall.gateway.UserCall;
import java.security.Principal;
import org.springframework.security.core.Authentication;

/**
 * The {@link Authentication} of each user: the principal of the identity if the verifier made one, or else one with the roles of
 * the token.
 */
final class UserAuthentications implements PrincipalSource {

    @Override
    public boolean exist() {
        return true;
    }

    @Override
    public Principal of(UserCall user) {
        return user.identity().principal() instanceof Authentication authentication
                ? authentication
                : new UserAuthentication(user.identity());
    }
}
