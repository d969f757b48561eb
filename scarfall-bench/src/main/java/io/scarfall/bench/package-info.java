/**
 * Benchmarks of Scarfall. {@link io.scarfall.bench.CodecBenchmark} times the codecs; {@link io.scarfall.bench.Attack} attacks a running
 * server and times a well-behaved client.
 */
@NullMarked
package io.scarfall.bench;

import org.jspecify.annotations.NullMarked;
