/**
 * Several gateways in one process, on time that a test moves, with faults between them that a test makes: a JUnit extension
 * for the tests of those who embed the gateway.
 */
@NullMarked
package io.scarfall.testkit;

import org.jspecify.annotations.NullMarked;
