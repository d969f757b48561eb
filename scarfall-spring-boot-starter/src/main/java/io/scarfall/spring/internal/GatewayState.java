package io.scarfall.spring.internal;

import io.scarfall.gateway.Scarfall;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a health check reports.
 *
 * @param isUp whether the gateway runs, and is a member of its cluster
 * @param isOutOfService whether it does not run: it starts, drains or has ended
 * @param details for people
 */
record GatewayState(boolean isUp, boolean isOutOfService, Map<String, Object> details) {

    static GatewayState outOfService(String reason) {
        return new GatewayState(false, true, Map.of("reason", reason));
    }

    static GatewayState of(Scarfall scarfall, String broken) {
        Map<String, Object> details = new LinkedHashMap<>();
        boolean healthy = scarfall.isHealthy();
        if (!broken.isEmpty()) {
            details.put("reason", broken);
        } else if (!healthy) {
            details.put("reason", "the store cannot be reached, or another process has the name of this node");
        }
        details.put("node", scarfall.config().nodeName());
        details.put("port", scarfall.userPort());
        details.put("internalPort", scarfall.internalPort());
        details.put("sessions", scarfall.sessionCount());
        return new GatewayState(healthy && broken.isEmpty(), false, details);
    }
}
