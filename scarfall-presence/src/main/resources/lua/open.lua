-- Opens a session, or writes it anew.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, user id, session id, the other fields of the session, email,
--         expiry (s), feed length, watchers in the answer
-- Answer  a transition; or FENCED, STALE
load(ARGV[5])
local sessionId = ARGV[6]
local holder = sessions ~= '' and cut(sessionId, '')
if holder ~= node then
    local pair = sessionId .. '\t' .. userId
    if holder then
        redis.call('SREM', prefix .. 'node:' .. holder, pair)
    end
    redis.call('SADD', prefix .. 'node:' .. node, pair)
end
seen = millis
if ARGV[8] ~= '\\N' then
    email = ARGV[8]
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
    redis.call('ZADD', prefix .. 'online', change(ARGV[10]), userId)
end
local session = '\n' .. sessionId .. '\t' .. node .. '\t' .. ARGV[7]
redis.call('SET', key, state() .. sessions .. session, 'EX', ARGV[9])
return answer(kind, ARGV[11])
