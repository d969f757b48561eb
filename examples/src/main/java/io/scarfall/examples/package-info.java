/** Small programs to read and to start from, one main class each. */
@NullMarked
package io.scarfall.examples;

import org.jspecify.annotations.NullMarked;
