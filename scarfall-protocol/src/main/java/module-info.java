/**
 * Engine.IO 4 and Socket.IO 5 servers on Netty. An application uses {@link io.scarfall.engineio}, {@link
 * io.scarfall.socketio} and {@link io.scarfall.socketio.packet}; it opens the packages of its own event types to {@code
 * com.fasterxml.jackson.databind}, or to {@code tools.jackson.databind} if it uses Jackson 3.
 */
@SuppressWarnings("module") // internal packages are exported to modules that are built later
module io.scarfall.protocol {
    requires transitive com.fasterxml.jackson.databind;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.haproxy;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires static tools.jackson.databind; // not transitive: the compiler would want it in every application

    exports io.scarfall.engineio;
    exports io.scarfall.socketio;
    exports io.scarfall.socketio.packet;
    exports io.scarfall.engineio.internal to
            io.scarfall.gateway,
            io.scarfall.server,
            io.scarfall.testkit;
    exports io.scarfall.socketio.internal.json to
            io.scarfall.gateway;
    exports io.scarfall.socketio.internal.packet to
            io.scarfall.gateway,
            io.scarfall.testkit;

    // The payloads that Scarfall writes itself are private records; Jackson reads their components.
    opens io.scarfall.socketio to
            com.fasterxml.jackson.databind;
    opens io.scarfall.socketio.packet to
            com.fasterxml.jackson.databind;
}
