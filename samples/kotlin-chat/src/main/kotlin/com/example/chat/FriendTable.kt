package com.example.chat

import io.scarfall.gateway.Blocking
import io.scarfall.presence.Friend
import io.scarfall.presence.Page
import org.springframework.jdbc.core.simple.JdbcClient
import org.springframework.stereotype.Component

/** The friends of users, as the application's own database has them. */
@Component
class FriendTable(private val db: JdbcClient) : Blocking.Friends {

    override fun friends(userId: String): List<Friend> =
        db.sql("select friend_id from friendship where user_id = ? order by friend_id")
            .param(userId)
            .query { row, _ -> Friend.of(row.getString(1)) }
            .list()

    /** The users that list this one. The cursor is the last user of the previous page. */
    override fun watchers(userId: String, cursor: String?, limit: Int): Page<String> {
        val page = db.sql("select user_id from friendship where friend_id = ? and user_id > ? order by user_id limit ?")
            .params(userId, cursor ?: "", limit)
            .query { row, _ -> row.getString(1) }
            .list()
        return Page(page, if (page.size < limit) null else page.last())
    }

    fun areFriends(userId: String, friendId: String): Boolean =
        db.sql("select exists (select 1 from friendship where user_id = ? and friend_id = ?)")
            .params(userId, friendId)
            .query(Boolean::class.java)
            .single()
}
