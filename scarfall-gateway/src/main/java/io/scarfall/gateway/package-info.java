/**
 * The product: authentication, delivery with the status of each recipient, presence with notices for friends, and a
 * second gateway for services. Start at {@link io.scarfall.gateway.Scarfall}, the builder that an embedder uses; it
 * assembles the packages below, each of which needs only those before it: {@code metrics} and {@code limit}, {@code auth}
 * and {@code node}, {@code delivery}, {@code user}, {@code service}.
 */
@NullMarked
package io.scarfall.gateway;

import org.jspecify.annotations.NullMarked;
