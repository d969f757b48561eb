/**
 * Tests of Spring Boot applications that embed the gateway. Start with {@link io.scarfall.spring.test.ScarfallTest}.
 */
@NullMarked
package io.scarfall.spring.test;

import org.jspecify.annotations.NullMarked;
