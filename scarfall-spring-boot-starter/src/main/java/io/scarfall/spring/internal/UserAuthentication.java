package io.scarfall.spring.internal;

import io.scarfall.gateway.Identity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/** A user that the gateway has authenticated; each role is an authority with the prefix {@code ROLE_}. */
final class UserAuthentication extends AbstractAuthenticationToken {

    /** The prefix of roles among the authorities of Spring Security. */
    static final String ROLE = "ROLE_";

    private static final long serialVersionUID = 1;

    private final transient Identity identity;

    UserAuthentication(Identity identity) {
        super(AuthorityUtils.createAuthorityList(
                identity.roles().stream().map(role -> ROLE + role).toArray(String[]::new)));
        this.identity = identity;
        setAuthenticated(true);
    }

    @Override
    public String getName() {
        return identity.userId();
    }

    @Override
    public Object getPrincipal() {
        return identity;
    }

    @Override
    public @Nullable Object getCredentials() {
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UserAuthentication that && identity.equals(that.identity) && super.equals(other);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), identity);
    }
}
