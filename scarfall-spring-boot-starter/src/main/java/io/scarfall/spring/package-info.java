/**
 * What a Spring Boot application uses beside the gateway's own API: annotations for its controllers, and a customizer. Start
 * with {@link io.scarfall.spring.ScarfallController}.
 */
@NullMarked
package io.scarfall.spring;

import org.jspecify.annotations.NullMarked;
