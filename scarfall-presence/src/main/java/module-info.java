/**
 * Presence: which users are online, on which nodes, and their friends; in memory or in Redis.
 *
 * <p>Applications see the three exported packages. Internal packages are for the other modules of this project.
 */
@SuppressWarnings({
    "requires-automatic", // Lettuce and Reactor are no modules yet
    "module" // the modules that internal packages are exported to are compiled after this one
})
module io.scarfall.presence {
    exports io.scarfall.presence;
    exports io.scarfall.presence.memory;
    exports io.scarfall.presence.redis;
    exports io.scarfall.presence.internal to
            io.scarfall.gateway,
            io.scarfall.testkit,
            io.scarfall.server;

    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires lettuce.core;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires reactor.core;

    // Mappers of applications write its values.
    opens io.scarfall.presence to
            com.fasterxml.jackson.databind,
            tools.jackson.databind;

    // Lettuce needs these; as an automatic module it cannot declare that
    requires io.netty.resolver.dns;
    requires jdk.net;
}
