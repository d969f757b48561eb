/** Checks of values, for records of all packages of this module. It depends on no other package. */
@NullMarked
package io.scarfall.presence.internal.check;

import org.jspecify.annotations.NullMarked;
