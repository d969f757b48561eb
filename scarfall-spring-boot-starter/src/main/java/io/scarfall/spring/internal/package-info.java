/**
 * The auto-configuration. Start with {@link io.scarfall.spring.internal.ScarfallAutoConfiguration}. Classes whose names begin
 * with {@code Boot3} or {@code Boot4} use what has different names in the two lines of Spring Boot; nothing else does.
 */
@NullMarked
package io.scarfall.spring.internal;

import org.jspecify.annotations.NullMarked;
