/**
 * What watches every test run: leaks of reference-counted objects ({@link io.scarfall.testing.LeakCheck}) and blocked
 * event loops. Registered by the service files beside it, so a module only has to have this test-jar on its test path.
 */
@NullMarked
package io.scarfall.testing;

import org.jspecify.annotations.NullMarked;
