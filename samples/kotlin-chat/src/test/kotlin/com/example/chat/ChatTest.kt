package com.example.chat

import io.scarfall.gateway.Scarfall
import io.scarfall.socketio.packet.JsonCodec
import io.scarfall.testkit.TestClient
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.test.context.SpringBootTest
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment.RANDOM_PORT
import org.springframework.boot.test.context.TestConfiguration
import org.springframework.boot.test.web.server.LocalServerPort
import org.springframework.context.annotation.Bean
import org.springframework.test.context.DynamicPropertyRegistrar
import org.springframework.web.client.RestClient

private const val SECRET = "for tests only: 4f1c7d0b9e2a8c6d5b3f"

/** Users over Socket.IO, and a real Redis: `redis-server` has to be on the PATH. */
@SpringBootTest(
    webEnvironment = RANDOM_PORT,
    properties = ["scarfall.port=0", "scarfall.internal-port=0", "scarfall.jwt.secret=$SECRET", "scarfall.drain.grace=0s"],
)
class ChatTest(
    @Autowired private val scarfall: Scarfall,
    @Autowired private val inbox: Inbox,
    @Autowired private val json: JsonCodec,
    @LocalServerPort private val webPort: Int,
) {

    @TestConfiguration
    class Redis {

        @Bean
        fun redis() = RedisProcess()

        @Bean
        fun address(redis: RedisProcess) = DynamicPropertyRegistrar { it.add("spring.data.redis.url", redis::url) }
    }

    data class Status(val userId: String, val status: String)

    data class Refusal(val status: String, val error: String, val code: String)

    private fun connect(user: String): TestClient =
        TestClient.to("http://127.0.0.1:${scarfall.userPort()}").user(user, SECRET).json(json).connect()

    @Test
    fun `a user sees a friend come, type and go`() {
        connect("alice").use { alice ->
            alice.next("connected")
            val bob = connect("bob")
            assertThat(alice.next("user_status_update").get(0, Status::class.java)).isEqualTo(Status("bob", "online"))

            assertThat(bob.ask("typing", Typing("alice")).get(0, Boolean::class.java)).isTrue()
            assertThat(alice.next("typing").get(0, String::class.java)).isEqualTo("bob")

            bob.disconnect()
            assertThat(alice.next("user_status_update").get(0, Status::class.java)).isEqualTo(Status("bob", "offline"))
        }
    }

    @Test
    fun `a text waits for a friend who is offline`() {
        connect("carol").use { carol ->
            val kept = carol.ask("say", Say("dave", "hi")).require(0, Receipt::class.java)
            assertThat(kept.delivered).isFalse()
            assertThat(inbox.of("dave")).containsExactly(Said(kept.id, "carol", "hi"))

            connect("dave").use { dave ->
                assertThat(dave.next("said").get(0, Said::class.java)).isEqualTo(Said(kept.id, "carol", "hi"))
                assertThat(dave.ask("say", Say("carol", "hello")).require(0, Receipt::class.java).delivered).isTrue()
                assertThat(carol.next("said").require(0, Said::class.java).text).isEqualTo("hello")
                assertThat(inbox.of("dave")).isEmpty()
            }
        }
    }

    @Test
    fun `a wrong event is refused with its path, and a stranger with a code`() {
        connect("carol").use { carol ->
            fun refusal(event: String, argument: Any) = carol.ask(event, argument).require(0, Refusal::class.java)

            assertThat(refusal("typing", mapOf("to" to null)).error).contains("[0].to")
            assertThat(refusal("typing", mapOf("to" to null)).code).isEqualTo("invalid")
            assertThat(refusal("say", mapOf("to" to "dave")).error).contains("[0].text")
            assertThat(refusal("say", Say("dave", "")).error).contains("[0].text size must be between 1 and 1000")
            assertThat(refusal("say", Say("mallory", "hi")))
                .isEqualTo(Refusal("error", "mallory is not your friend", "not_friends"))
        }
    }

    @Test
    fun `actuator shows the health of the node`() {
        val health = RestClient.create("http://127.0.0.1:$webPort").get().uri("/actuator/health").retrieve()
        assertThat(health.body(Map::class.java)).extracting("components.scarfall.status").isEqualTo("UP")
    }
}
