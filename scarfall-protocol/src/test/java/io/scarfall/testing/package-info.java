/**
 * Watches every test run for leaked reference-counted objects ({@link io.scarfall.testing.LeakCheck}) and blocked event
 * loops. The service files of this module register it, so a module only needs this test-jar on its test path.
 */
@NullMarked
package io.scarfall.testing;

import org.jspecify.annotations.NullMarked;
