package io.scarfall.spring.internal;

import jakarta.validation.Validator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The validation of arguments by the application's {@link Validator}. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.validation.ValidationAutoConfiguration",
            "org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration"
        })
@ConditionalOnClass(Validator.class)
@ConditionalOnBean(Validator.class)
public class ValidationAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PayloadValidator scarfallPayloadValidator(Validator validator) {
        return new BeanValidation(validator);
    }
}
