@NullMarked
package io.scarfall.presence.memory;

import org.jspecify.annotations.NullMarked;
