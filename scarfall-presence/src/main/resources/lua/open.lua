-- Opens a session, or writes it anew.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, user id, session id, session, "+" and the email or "-",
--         expiry (s), feed length, watchers in the answer
-- Answer  a transition; or FENCED, STALE
readClock(ARGV[1])
local refused = refusal(ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
if refused then
    return { refused }
end
local userId, sessionId = ARGV[5], ARGV[6]
local node = ARGV[2] .. '@' .. ARGV[3]
local pair = pairOf(userId, sessionId)
local user = load(userId, sessionId)
local holder = user.session and string.match(user.session, '^%S+')
if holder ~= node then
    if holder then
        redis.call('SREM', prefix .. 'node:' .. holder, pair)
    end
    redis.call('SADD', prefix .. 'node:' .. node, pair)
end
user.seen = millis
if ARGV[8] ~= '-' then
    user.email = ARGV[8]
end
local kind = 'U'
if not user.online then
    kind = 'C'
    user.online = true
    redis.call('ZADD', prefix .. 'online', 0, userId)
    change(user, ARGV[10])
elseif user.since > 0 then
    redis.call('ZREM', prefix .. 'leaving', userId)
end
user.since = 0
redis.call('HSET', user.key, '', stateOf(user), sessionId, ARGV[7])
redis.call('EXPIRE', user.key, ARGV[9])
return answer(user, kind, tonumber(ARGV[11]))
