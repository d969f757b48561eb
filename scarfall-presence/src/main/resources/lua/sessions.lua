-- Opens, touches and closes sessions of a node, one after the other.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, expiry (s), retention (s), feed length, watchers in an answer; then
--         five for each change:
--           "o", user id, session id, the other fields of the session, email: opens it, or writes it anew
--           "t", user id, session id, "", "": notes that it is alive
--           "c", user id, session id, grace (ms), "": closes it, whatever its epoch
-- Answer  for each a transition, or for "t" whether it is open under this node and epoch, as "1" or "0"; or FENCED, STALE
local answers = {}
for at = 9, #ARGV, 5 do
    local what, sessionId = ARGV[at], ARGV[at + 2]
    load(ARGV[at + 1])
    local told
    if what == 'o' then
        local holder = sessions ~= '' and cut(sessionId, '')
        if holder ~= node then
            local pair = sessionId .. '\t' .. userId
            if holder then
                redis.call('SREM', prefix .. 'node:' .. holder, pair)
            end
            redis.call('SADD', prefix .. 'node:' .. node, pair)
        end
        seen = millis
        if ARGV[at + 4] ~= '\\N' then
            email = ARGV[at + 4]
        end
        if since ~= '0' and online then
            redis.call('ZREM', prefix .. 'leaving', userId)
        end
        since = '0'
        local kind = 'U'
        if not online then
            kind = 'C'
            online = true
            -- by the number of the change: at the end of a sorted set there is less to search
            redis.call('ZADD', prefix .. 'online', change(ARGV[7]), userId)
        end
        local session = '\n' .. sessionId .. '\t' .. node .. '\t' .. ARGV[at + 3]
        redis.call('SET', key, state() .. sessions .. session, 'EX', ARGV[5])
        told = answer(kind, ARGV[8])
    elseif what == 't' then
        local _, last = string.find(sessions, '\n' .. sessionId .. '\t' .. node .. '\t', 1, true)
        if last then
            local behind = string.find(sessions, '\t', last + 1, true)
            seen = millis
            sessions = string.sub(sessions, 1, last) .. millis .. string.sub(sessions, behind)
            redis.call('SET', key, state() .. sessions, 'KEEPTTL')
        end
        told = { last and '1' or '0' }
    else
        local kind = 'U'
        local holder = cut(sessionId, ARGV[2] .. '@')
        if holder then
            redis.call('SREM', prefix .. 'node:' .. holder, sessionId .. '\t' .. userId)
            redis.call('ZREM', prefix .. 'places:' .. userId, holder .. ' ' .. sessionId)
            seen = millis
            kind = settle(millis + ARGV[at + 3], ARGV[5], ARGV[6], ARGV[7])
        end
        told = answer(kind, ARGV[8])
    end
    answers[#answers + 1] = told
end
keepCount()
return answers
