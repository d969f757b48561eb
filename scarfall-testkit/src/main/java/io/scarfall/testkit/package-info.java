/**
 * A JUnit extension for tests of applications that embed the gateway. It runs several gateways in one process; the test controls
 * their time and the faults between them.
 */
@NullMarked
package io.scarfall.testkit;

import org.jspecify.annotations.NullMarked;
