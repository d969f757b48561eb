/**
 * For tests of applications that embed the gateway: a client that needs no network, and a JUnit extension that runs several gateways in
 * one process. The test controls their time and the faults between them. Start with {@link io.scarfall.testkit.TestClient} or {@link
 * io.scarfall.testkit.TestCluster}.
 */
@NullMarked
package io.scarfall.testkit;

import org.jspecify.annotations.NullMarked;
