package com.example.chat

import java.net.ServerSocket

/** A Redis for the tests, on a free port. It keeps nothing on disk. */
class RedisProcess : AutoCloseable {

    private val port = ServerSocket(0).use { it.localPort }

    private val process = ProcessBuilder("redis-server", "--port", "$port", "--bind", "127.0.0.1", "--save", "")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()

    val url = "redis://127.0.0.1:$port"

    override fun close() = process.destroy()
}
