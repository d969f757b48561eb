/** Small example programs, one main class each. */
@NullMarked
package io.scarfall.examples;

import org.jspecify.annotations.NullMarked;
