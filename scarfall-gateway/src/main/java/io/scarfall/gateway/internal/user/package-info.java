/**
 * The user gateway, the port for users. Start at {@link io.scarfall.gateway.internal.user.UserGateway}, which has the table
 * of its events. {@link io.scarfall.gateway.internal.user.AuthenticateHandler} makes sockets the sessions of users, after
 * {@link io.scarfall.gateway.internal.user.Admission} has asked the store.
 */
@NullMarked
package io.scarfall.gateway.internal.user;

import org.jspecify.annotations.NullMarked;
