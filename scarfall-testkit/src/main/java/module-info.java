/**
 * Several gateways in one process, with faults between them, for tests of applications that embed the gateway. Start with
 * {@link io.scarfall.testkit.TestCluster}.
 */
module io.scarfall.testkit {
    requires com.auth0.jwt;
    requires transitive io.scarfall.gateway;
    requires transitive org.junit.jupiter.api;
    requires static transitive org.jspecify;

    exports io.scarfall.testkit;
}
