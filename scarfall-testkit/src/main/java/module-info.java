/**
 * Gateways in one process, with faults between them, and a client, for tests of applications that embed the gateway. Start with {@link
 * io.scarfall.testkit.TestCluster}, or with {@link io.scarfall.testkit.TestServer} for namespaces without a gateway.
 */
module io.scarfall.testkit {
    requires com.auth0.jwt;
    requires io.netty.buffer;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.transport;
    requires transitive io.scarfall.gateway;
    requires static transitive org.junit.jupiter.api;
    requires static transitive org.jspecify;

    exports io.scarfall.testkit;

    // Jackson reads the components of the records that the client receives.
    opens io.scarfall.testkit to
            com.fasterxml.jackson.databind;
}
