package io.scarfall.spring.internal;

import io.scarfall.gateway.Blocking;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.TokenRefusedException;
import java.time.Instant;
import java.util.List;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;

/**
 * Verifies tokens by the {@link JwtDecoder} of the application, which may fetch keys and so block. The principal of the identity is the
 * authentication that Spring Security makes of the token; its authorities are the roles, without the prefix {@code ROLE_}.
 * Thread-safe.
 */
final class DecoderVerifier implements Blocking.Verifier {

    /** How Spring's check of times begins its description. */
    private static final String EXPIRED = "Jwt expired";

    private final JwtDecoder decoder;
    private final Converter<Jwt, ? extends AbstractAuthenticationToken> converter;

    DecoderVerifier(JwtDecoder decoder, Converter<Jwt, ? extends AbstractAuthenticationToken> converter) {
        this.decoder = decoder;
        this.converter = converter;
    }

    @Override
    public Identity verify(String token) throws TokenRefusedException {
        Jwt jwt = decoded(token);
        AbstractAuthenticationToken authentication = converter.convert(jwt);
        String user = jwt.getSubject();
        if (authentication == null || user == null || !Identity.isUserId(user, Identity.MAX_USER_ID_LENGTH)) {
            throw TokenRefusedException.invalid("the claim sub is missing or malformed");
        }
        Instant expires = jwt.getExpiresAt();
        Object email = jwt.getClaim("email");
        return new Identity(
                        user,
                        email instanceof String text && Identity.isText(text, Identity.MAX_EMAIL_LENGTH) ? text : null,
                        null,
                        expires == null ? Instant.MAX : expires,
                        jwt.getIssuedAt(),
                        jwt.getId())
                .withRoles(roles(authentication))
                .withPrincipal(authentication);
    }

    private static List<String> roles(AbstractAuthenticationToken authentication) {
        return authentication.getAuthorities().stream()
                .map(GrantedAuthority::getAuthority)
                .map(name -> name.startsWith(UserAuthentication.ROLE)
                        ? name.substring(UserAuthentication.ROLE.length())
                        : name)
                .distinct()
                .toList();
    }

    private Jwt decoded(String token) throws TokenRefusedException {
        try {
            return decoder.decode(token);
        } catch (JwtValidationException e) {
            boolean expired = e.getErrors().stream()
                    .anyMatch(error -> String.valueOf(error.getDescription()).startsWith(EXPIRED));
            throw expired
                    ? new TokenRefusedException(TokenRefusedException.EXPIRED, "the token has expired", false)
                    : TokenRefusedException.invalid();
        } catch (BadJwtException e) {
            throw TokenRefusedException.invalid();
        } catch (JwtException e) { // the keys of the issuer cannot be fetched
            throw TokenRefusedException.unavailable();
        }
    }
}
