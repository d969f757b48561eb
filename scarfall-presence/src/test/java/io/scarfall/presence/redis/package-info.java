@NullMarked
package io.scarfall.presence.redis;

import org.jspecify.annotations.NullMarked;
