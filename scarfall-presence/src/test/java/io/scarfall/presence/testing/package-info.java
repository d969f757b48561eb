/**
 * Real Redis servers, networks and processes for tests, each with the faults that can befall it. Start with
 * {@link io.scarfall.presence.testing.RedisServer}; {@link io.scarfall.presence.testing.RedisClusterServers} and
 * {@link io.scarfall.presence.testing.RedisSentinels} are made of several of them,
 * {@link io.scarfall.presence.testing.TcpProxy} stands between one and its clients, and
 * {@link io.scarfall.presence.testing.JavaProcess} is a JVM that may be killed.
 *
 * <p>Every process ends with the JVM of the tests, also when that is killed. Which Redis it is:
 * {@code -Dscarfall.test.redis} or the environment's {@code SCARFALL_TEST_REDIS} is one of
 *
 * <ul>
 *   <li>{@code auto} (the default): {@code path} if that is 7 or newer, else {@code bundled}
 *   <li>{@code path}: {@code redis-server} or {@code valkey-server} on the PATH
 *   <li>{@code bundled}: the executable in the test dependency
 *   <li>the path of an executable
 *   <li>{@code docker:IMAGE}, such as {@code docker:redis:8} or {@code docker:valkey/valkey:8}: every server is a container
 *       of that image. Needs a container engine on this machine, under Linux.
 *   <li>{@code redis://host:port}: {@link io.scarfall.presence.testing.RedisServer#shared} is that server; others are
 *       started as by {@code auto}
 * </ul>
 */
@NullMarked
package io.scarfall.presence.testing;

import org.jspecify.annotations.NullMarked;
