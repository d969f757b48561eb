/**
 * What implementations of the interfaces share: cursors, checks of arguments, and who is to be told of a transition. Of
 * no interest to those who use one.
 */
@NullMarked
package io.scarfall.presence.spi;

import org.jspecify.annotations.NullMarked;
