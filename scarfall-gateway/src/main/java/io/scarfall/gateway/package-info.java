/**
 * The gateway: authentication, delivery with the status of each recipient, presence with notices for friends, and a second
 * port for services. Start with {@link io.scarfall.gateway.Scarfall}. Everything below {@code internal} is not part of the API.
 */
@NullMarked
package io.scarfall.gateway;

import org.jspecify.annotations.NullMarked;
