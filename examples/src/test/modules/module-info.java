/** An application in a module of its own. ModulePathIT compiles and runs it. */
module game {
    requires io.scarfall.gateway;
    requires io.scarfall.presence;

    // The gateway reads the arguments of its own event, and writes its ack.
    opens game to
            com.fasterxml.jackson.databind;
}
