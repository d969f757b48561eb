package com.example.chat

import io.scarfall.gateway.Scarfall
import io.scarfall.socketio.packet.JsonCodec
import io.scarfall.testkit.TestClient
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.test.context.SpringBootTest
import org.springframework.context.annotation.Import
import org.springframework.data.redis.core.StringRedisTemplate

private const val SECRET = "for tests only: 4f1c7d0b9e2a8c6d5b3f"

/** The application as in production: its state is in Redis. */
@SpringBootTest(
    properties = [
        "scarfall.port=0",
        "scarfall.internal-port=0",
        "scarfall.jwt.secret=$SECRET",
        "scarfall.drain.grace=0s",
        "spring.datasource.url=jdbc:h2:mem:with-redis", // the application of ChatTest still has its database
    ],
)
@Import(TestRedis::class)
class ChatWithRedisTest(
    @Autowired private val scarfall: Scarfall,
    @Autowired private val redis: StringRedisTemplate,
    @Autowired private val json: JsonCodec,
) {

    private fun connect(user: String): TestClient =
        TestClient.to("http://127.0.0.1:${scarfall.userPort()}").user(user, SECRET).json(json).connect()

    @Test
    fun `friends talk, and Redis has their sessions`() {
        connect("alice").use { alice ->
            alice.next("connected")
            connect("bob").use { bob ->
                bob.next("connected")
                assertThat(alice.ask("say", Say("bob", "hi")).require(0, Receipt::class.java).delivered).isTrue()
                assertThat(bob.next("said").require(0, Said::class.java).text).isEqualTo("hi")
                assertThat(redis.keys("scarfall:*")).isNotEmpty()
            }
        }
    }
}
