package com.example.chat

import org.springframework.jdbc.core.simple.JdbcClient
import org.springframework.jdbc.support.GeneratedKeyHolder
import org.springframework.stereotype.Component

/** Texts that have not reached their recipients yet. */
@Component
class Inbox(private val db: JdbcClient) {

    fun put(recipient: String, from: String, text: String): Said {
        val key = GeneratedKeyHolder()
        db.sql("insert into inbox (recipient, sender, text) values (?, ?, ?)")
            .params(recipient, from, text)
            .update(key, "id")
        return Said(key.key!!.toLong(), from, text)
    }

    fun of(recipient: String): List<Said> =
        db.sql("select id, sender, text from inbox where recipient = ? order by id")
            .param(recipient)
            .query { row, _ -> Said(row.getLong("id"), row.getString("sender"), row.getString("text")) }
            .list()

    fun remove(id: Long) {
        db.sql("delete from inbox where id = ?").param(id).update()
    }
}
