package io.scarfall.spring.internal;

import io.scarfall.gateway.Blocking;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;

/** Users of the gateway as Spring Security knows users. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration"
        })
@ConditionalOnClass(Authentication.class)
public class SecurityAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PrincipalSource scarfallPrincipals() {
        return new UserAuthentications();
    }

    /** Inside the observation, outside everything else. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 100)
    SecurityAround scarfallSecurityAround(PrincipalSource principals) {
        return new SecurityAround(principals);
    }

    /** With a decoder of tokens. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({JwtDecoder.class, JwtAuthenticationConverter.class})
    static class Decoder {

        @Bean
        @ConditionalOnSingleCandidate(JwtDecoder.class)
        @ConditionalOnMissingBean(Blocking.Verifier.class)
        DecoderVerifier scarfallDecoderVerifier(
                JwtDecoder decoder, ObjectProvider<Converter<Jwt, ? extends AbstractAuthenticationToken>> converter) {
            return new DecoderVerifier(decoder, converter.getIfAvailable(JwtAuthenticationConverter::new));
        }
    }
}
