/**
 * The gateway of the services, on a port of its own. Start at {@link io.scarfall.gateway.internal.service.ServiceGateway}, the table
 * of its events.
 */
@NullMarked
package io.scarfall.gateway.internal.service;

import org.jspecify.annotations.NullMarked;
