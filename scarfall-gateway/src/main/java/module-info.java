/**
 * The gateway: users connect with Socket.IO, prove who they are, and send each other messages. An application uses {@link
 * io.scarfall.gateway}; start with {@link io.scarfall.gateway.Scarfall#builder}.
 *
 * <p>Internal packages are for the other modules of this project.
 */
@SuppressWarnings("module") // the modules that internal packages are exported to are compiled after this one
module io.scarfall.gateway {
    requires com.auth0.jwt;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires transitive io.scarfall.presence;
    requires transitive io.scarfall.protocol;
    requires java.net.http;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.scarfall.gateway;
    exports io.scarfall.gateway.internal.auth to
            io.scarfall.server;
    exports io.scarfall.gateway.internal.http to
            io.scarfall.server;

    // Jackson reads and writes the components of the records that events and replies are made of. What an application
    // passes on,
    // such as a Delivery, its own Jackson 3 may write too.
    opens io.scarfall.gateway to
            com.fasterxml.jackson.databind,
            tools.jackson.databind;
    opens io.scarfall.gateway.internal.delivery to
            com.fasterxml.jackson.databind,
            tools.jackson.databind;
    opens io.scarfall.gateway.internal.auth to
            com.fasterxml.jackson.databind;
    opens io.scarfall.gateway.internal.notice to
            com.fasterxml.jackson.databind;
    opens io.scarfall.gateway.internal.reply to
            com.fasterxml.jackson.databind;
    opens io.scarfall.gateway.internal.service to
            com.fasterxml.jackson.databind;
    opens io.scarfall.gateway.internal.user to
            com.fasterxml.jackson.databind;
}
