/**
 * What the modules of Scarfall share and applications do not need: values in log lines, random ids, checks of settings.
 * It uses no other package of Scarfall.
 */
@NullMarked
package io.scarfall.engineio.internal;

import org.jspecify.annotations.NullMarked;
