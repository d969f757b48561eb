package io.scarfall.gateway;

import io.scarfall.gateway.auth.Identity;
import io.scarfall.gateway.delivery.UserDelivery;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.socketio.Socket;

/**
 * An event's sender, and what a handler of an embedder works with.
 *
 * @param identity who sent the event
 * @param socket by which connection
 * @param delivery sends to users
 * @param presence tells who is online
 * @param roster tells who lists whom
 */
public record UserCall(Identity identity, Socket socket, UserDelivery delivery, Presence presence, Roster roster) {}
