package io.scarfall.gateway.internal.auth;

import com.auth0.jwt.interfaces.Claim;
import com.auth0.jwt.interfaces.DecodedJWT;
import io.scarfall.gateway.Identity;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what an application wants to know of a verified token: its roles, and the claims that are kept. */
final class TokenClaims {

    /** Further roles are ignored: fewer roles never allow more. */
    private static final int MAX_ROLES = 256;

    private TokenClaims() {}

    /** The claims of these names, without those that the token does not have. */
    static Map<String, Object> kept(DecodedJWT jwt, List<String> names) {
        if (names.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> kept = new LinkedHashMap<>();
        for (String name : names) {
            Object value = value(jwt.getClaim(name));
            if (value != null) {
                kept.put(name, value);
            }
        }
        return kept;
    }

    /** The roles in a claim; none if it is missing or is neither a list nor a string. */
    static Set<String> roles(DecodedJWT jwt, String name) {
        Object value = name.isEmpty() ? null : find(jwt, name);
        if (value == null) {
            return Set.of();
        }
        Set<String> roles = new LinkedHashSet<>();
        if (value instanceof String text) {
            add(roles, List.of(text.split(" ")));
        } else if (value instanceof Collection<?> list) {
            add(roles, list);
        }
        return roles;
    }

    private static void add(Set<String> roles, Collection<?> values) {
        for (Object value : values) {
            if (roles.size() < MAX_ROLES
                    && value instanceof String role
                    && !role.isEmpty()
                    && Identity.isText(role, Identity.MAX_USER_ID_LENGTH)) {
                roles.add(role);
            }
        }
    }

    /** The claim of this very name, or else the value at the end of the path whose steps are separated by dots. */
    private static @Nullable Object find(DecodedJWT jwt, String name) {
        Claim claim = jwt.getClaim(name);
        if (!claim.isMissing()) {
            return value(claim);
        } else if (name.indexOf('.') < 0) {
            return null;
        }
        String[] steps = name.split("\\.", -1);
        Object value = value(jwt.getClaim(steps[0]));
        for (int i = 1; i < steps.length; i++) {
            value = value instanceof Map<?, ?> object ? object.get(steps[i]) : null;
        }
        return value;
    }

    private static @Nullable Object value(Claim claim) {
        return claim.isMissing() || claim.isNull() ? null : claim.as(Object.class);
    }
}
