/**
 * Fault tests: what the service guarantees must hold while something breaks. Three servers, each in its own process, share a
 * real Redis. A proxy is between each of them and Redis. A crowd of clients sends messages all the time.
 *
 * <p>{@link io.scarfall.server.faults.Fault} lists the faults. {@link io.scarfall.server.faults.Experiment} runs one of them,
 * and {@link io.scarfall.server.faults.Ledger} compares what was acked with what arrived.
 */
@NullMarked
package io.scarfall.server.faults;

import org.jspecify.annotations.NullMarked;
