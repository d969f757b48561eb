package com.example.chat

import java.net.ServerSocket
import org.springframework.boot.test.context.TestConfiguration
import org.springframework.context.annotation.Bean
import org.springframework.test.context.DynamicPropertyRegistrar

/** A Redis on a free port, which keeps nothing on disk. `redis-server` has to be on the PATH. */
class RedisServer : AutoCloseable {

    private val port = ServerSocket(0).use { it.localPort }

    private val process = ProcessBuilder("redis-server", "--port", "$port", "--bind", "127.0.0.1", "--save", "")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()

    val url = "redis://127.0.0.1:$port"

    override fun close() = process.destroy()
}

/** For tests with `@Import(TestRedis::class)`: starts a Redis before the application, and stops it after. */
@TestConfiguration
class TestRedis {

    @Bean
    fun redisServer() = RedisServer()

    @Bean
    fun redisUrl(server: RedisServer) = DynamicPropertyRegistrar { it.add("spring.data.redis.url", server::url) }
}
