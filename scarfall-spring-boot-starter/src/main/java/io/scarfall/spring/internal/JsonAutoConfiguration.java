package io.scarfall.spring.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.scarfall.socketio.packet.Jackson3Codec;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of events by the application's own mapper: that of Jackson 3 if there is one, else that of Jackson 2. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration",
            "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
            "org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration"
        })
public class JsonAutoConfiguration {

    /** As Spring Boot 4 configures it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JsonMapper.class)
    @Order(1)
    static class Jackson3 {

        @Bean
        @ConditionalOnSingleCandidate(JsonMapper.class)
        @ConditionalOnMissingBean
        JsonCodec scarfallJson3(JsonMapper mapper) {
            return Jackson3Codec.of(mapper);
        }
    }

    /** As Spring Boot 3.5 configures it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObjectMapper.class)
    @Order(2)
    static class Jackson2 {

        @Bean
        @ConditionalOnSingleCandidate(ObjectMapper.class)
        @ConditionalOnMissingBean
        JsonCodec scarfallJson2(ObjectMapper mapper) {
            return JacksonCodec.of(mapper);
        }
    }
}
