package com.example.chat

import io.scarfall.gateway.Blocking
import io.scarfall.presence.Roster
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.context.annotation.Bean

/** A chat between friends: Scarfall's users port at 3000, and the web server with its health at 8080. */
@SpringBootApplication
class ChatApplication {

    /** Scarfall asks this table which users see each other's status. */
    @Bean
    fun roster(table: FriendTable): Roster = Blocking.roster(table)
}

fun main(args: Array<String>) {
    runApplication<ChatApplication>(*args)
}
