/**
 * Real Redis servers, networks and processes for tests, each with the faults that can befall it. Start with
 * {@link io.scarfall.presence.testing.RedisServer}; {@link io.scarfall.presence.testing.RedisClusterServers} and
 * {@link io.scarfall.presence.testing.RedisSentinels} are made of several of them,
 * {@link io.scarfall.presence.testing.TcpProxy} stands between one and its clients, and
 * {@link io.scarfall.presence.testing.JavaProcess} is a JVM that may be killed.
 *
 * <p>Every process ends with the JVM of the tests, also when that is killed. Which Redis it is:
 * {@code -Dscarfall.test.redis} or the environment's {@code SCARFALL_TEST_REDIS} is {@code auto} (the default: {@code path}
 * if that is 7 or newer, else {@code bundled}), {@code path} ({@code redis-server} or {@code valkey-server} on the PATH),
 * {@code bundled} (of the test dependency), the path of an executable, or the {@code redis://} address of a server that
 * runs already, which then is {@link io.scarfall.presence.testing.RedisServer#shared}.
 */
@NullMarked
package io.scarfall.presence.testing;

import org.jspecify.annotations.NullMarked;
