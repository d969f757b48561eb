package com.example.chat

import io.scarfall.socketio.packet.JsonCodec
import io.scarfall.spring.test.ScarfallTest
import io.scarfall.testkit.TestClient
import io.scarfall.testkit.TestCluster
import java.time.Duration
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment.RANDOM_PORT
import org.springframework.boot.test.web.server.LocalServerPort
import org.springframework.web.client.RestClient

/** Users of the chat on two nodes in one process. The nodes need no Redis: they share the memory of the test. */
@ScarfallTest(nodes = 2, webEnvironment = RANDOM_PORT)
class ChatTest(
    @Autowired private val cluster: TestCluster,
    @Autowired private val inbox: Inbox,
    @Autowired private val json: JsonCodec,
    @LocalServerPort private val webPort: Int,
) {

    data class Status(val userId: String, val status: String)

    data class Refusal(val status: String, val error: String, val code: String)

    /** Reads data classes with the codec of the application. The test closes its clients after each method. */
    private fun connect(user: String, node: Int): TestClient {
        val client = cluster.node(node).client().token(cluster.token(user)).json(json).connect()
        client.next("connected")
        return client
    }

    @Test
    fun `a user sees a friend come, type and go`() {
        val alice = connect("alice", node = 0)
        val bob = connect("bob", node = 1)
        assertThat(alice.next("user_status_update").get(0, Status::class.java)).isEqualTo(Status("bob", "online"))

        assertThat(bob.ask("typing", Typing("alice")).get(0, Boolean::class.java)).isTrue()
        assertThat(alice.next("typing").get(0, String::class.java)).isEqualTo("bob")

        bob.disconnect()
        assertThat(alice.next("user_status_update").get(0, Status::class.java)).isEqualTo(Status("bob", "offline"))
    }

    @Test
    fun `a text waits for a friend who is offline`() {
        val carol = connect("carol", node = 0)
        val kept = carol.ask("say", Say("dave", "hi")).require(0, Receipt::class.java)
        assertThat(kept.delivered).isFalse()
        assertThat(inbox.of("dave")).containsExactly(Said(kept.id, "carol", "hi"))

        val dave = connect("dave", node = 1)
        assertThat(dave.next("said").get(0, Said::class.java)).isEqualTo(Said(kept.id, "carol", "hi"))
        assertThat(dave.ask("say", Say("carol", "hello")).require(0, Receipt::class.java).delivered).isTrue()
        assertThat(carol.next("said").require(0, Said::class.java).text).isEqualTo("hello")
        assertThat(inbox.of("dave")).isEmpty()
    }

    @Test
    fun `a text waits for a friend whose node dies`() {
        val alice = connect("alice", node = 0)
        connect("bob", node = 1)
        cluster.node(1).crash()
        cluster.advance(Duration.ofSeconds(10)) // the lease of the dead node expires
        assertThat(alice.ask("say", Say("bob", "hi")).require(0, Receipt::class.java).delivered).isFalse()

        assertThat(connect("bob", node = 0).next("said").require(0, Said::class.java).text).isEqualTo("hi")
    }

    @Test
    fun `a wrong event is refused with its path, and a stranger with a code`() {
        val carol = connect("carol", node = 0)
        fun refusal(event: String, argument: Any) = carol.ask(event, argument).require(0, Refusal::class.java)

        assertThat(refusal("typing", mapOf("to" to null)).error).contains("[0].to")
        assertThat(refusal("typing", mapOf("to" to null)).code).isEqualTo("invalid")
        assertThat(refusal("say", mapOf("to" to "dave")).error).contains("[0].text")
        assertThat(refusal("say", Say("dave", "")).error).contains("[0].text size must be between 1 and 1000")
        assertThat(refusal("say", Say("mallory", "hi")))
            .isEqualTo(Refusal("error", "mallory is not your friend", "not_friends"))
    }

    @Test
    fun `actuator shows the health of the node`() {
        val health = RestClient.create("http://127.0.0.1:$webPort").get().uri("/actuator/health")
            .exchange { _, response -> response.bodyTo(Map::class.java) }
        assertThat(health).extracting("components.scarfall.status").isEqualTo("UP")
    }
}
