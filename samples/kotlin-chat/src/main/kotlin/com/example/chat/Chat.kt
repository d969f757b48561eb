package com.example.chat

import io.scarfall.gateway.Identity
import io.scarfall.gateway.Messages
import io.scarfall.socketio.EventRefusedException
import io.scarfall.spring.OnError
import io.scarfall.spring.OnEvent
import io.scarfall.spring.OnUserConnected
import io.scarfall.spring.ScarfallController
import jakarta.validation.Valid
import jakarta.validation.constraints.Size
import java.util.concurrent.CompletionStage

data class Typing(val to: String)

data class Say(val to: String, @field:Size(min = 1, max = 1_000) val text: String)

data class Said(val id: Long, val from: String, val text: String)

data class Receipt(val id: Long, val delivered: Boolean)

class NotFriendsException(val userId: String) : RuntimeException()

/** The events of the chat. */
@ScarfallController
class Chat(private val messages: Messages, private val friends: FriendTable, private val inbox: Inbox) {

    /** Waits for nothing, so it needs no thread of its own. */
    @OnEvent("typing", blocking = false)
    fun typing(typing: Typing, user: Identity): CompletionStage<Boolean> =
        messages.send(listOf(typing.to), "typing", user.userId()).thenApply { it.isSent }

    /** Works with the database. A text is kept until its recipient has it, so it may arrive twice, with the same id. */
    @OnEvent("say")
    fun say(@Valid say: Say, user: Identity): Receipt {
        if (!friends.areFriends(user.userId(), say.to)) {
            throw NotFriendsException(say.to)
        }
        val said = inbox.put(say.to, user.userId(), say.text)
        return Receipt(said.id, deliver(say.to, said))
    }

    /** A device gets what its user missed. */
    @OnUserConnected
    fun deliverMissed(user: Identity) {
        inbox.of(user.userId()).forEach { deliver(user.userId(), it) }
    }

    @OnError
    fun notFriends(e: NotFriendsException) = EventRefusedException("not_friends", "${e.userId} is not your friend")

    private fun deliver(recipient: String, said: Said): Boolean {
        val delivered = messages.send(listOf(recipient), "said", said).toCompletableFuture().join().isSent
        if (delivered) {
            inbox.remove(said.id)
        }
        return delivered
    }
}
