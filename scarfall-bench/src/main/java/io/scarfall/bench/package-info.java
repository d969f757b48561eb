/**
 * What is measured of Scarfall: {@link io.scarfall.bench.CodecBenchmark} times the codecs, {@link io.scarfall.bench.Attack}
 * harasses a running server and looks how a polite client fares.
 */
@NullMarked
package io.scarfall.bench;

import org.jspecify.annotations.NullMarked;
