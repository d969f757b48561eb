/** What the implementations of the interfaces share: stages, cursors, checks of arguments, the watchers of a transition. */
@NullMarked
package io.scarfall.presence.internal.store;

import org.jspecify.annotations.NullMarked;
