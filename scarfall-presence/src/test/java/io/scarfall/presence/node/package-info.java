@NullMarked
package io.scarfall.presence.node;

import org.jspecify.annotations.NullMarked;
