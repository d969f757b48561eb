/**
 * What is left of the promises when something breaks: three servers, each a process of its own, a real Redis, a proxy between
 * them, a crowd of clients that sends all the time, and faults. Start at {@link io.scarfall.server.faults.Fault}, the table of
 * them; {@link io.scarfall.server.faults.Experiment} does one, and {@link io.scarfall.server.faults.Ledger} judges it.
 */
@NullMarked
package io.scarfall.server.faults;

import org.jspecify.annotations.NullMarked;
