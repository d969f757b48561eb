@NullMarked
package io.scarfall.presence.internal.store;

import org.jspecify.annotations.NullMarked;
