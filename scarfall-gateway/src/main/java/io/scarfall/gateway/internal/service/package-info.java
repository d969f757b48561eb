/**
 * The internal gateway, the port for services. Start at {@link io.scarfall.gateway.internal.service.ServiceGateway}, which
 * has the table of its events.
 */
@NullMarked
package io.scarfall.gateway.internal.service;

import org.jspecify.annotations.NullMarked;
