@NullMarked
package io.scarfall.presence.spi;

import org.jspecify.annotations.NullMarked;
