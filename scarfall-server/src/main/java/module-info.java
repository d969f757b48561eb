/** The gateway as a program. It is no library, so it exports nothing; its archive runs on the class path. */
@SuppressWarnings("requires-automatic") // Micrometer's jars are no modules yet
module io.scarfall.server {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires com.auth0.jwt;
    requires com.fasterxml.jackson.core;
    requires io.scarfall.gateway;
    requires jdk.management;
    requires jdk.unsupported; // signals, in Signals
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.slf4j;
    requires static org.jspecify;
}
