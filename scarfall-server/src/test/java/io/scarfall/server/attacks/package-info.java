/** Attacks on a server process, each for some seconds. Start at {@link io.scarfall.server.attacks.AttacksTest}. */
@NullMarked
package io.scarfall.server.attacks;

import org.jspecify.annotations.NullMarked;
