-- Opens a session, or writes it anew.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, user id, session id, session, "1" if the email is known, email,
--         expiry (s), feed length, watchers in the answer
-- Answer  a transition; or FENCED, STALE
readClock(ARGV[1])
local refused = refusal(ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
if refused then
    return { refused }
end
local userId, sessionId, expiry = ARGV[5], ARGV[6], ARGV[10]
local node = ARGV[2] .. '@' .. ARGV[3]
local sessions = prefix .. 'sessions:' .. userId
local pair = pairOf(userId, sessionId)
local user = load(userId)
local earlier = redis.call('HGET', sessions, sessionId)
local holder = earlier and string.match(earlier, '^%S+')
redis.call('HSET', sessions, sessionId, ARGV[7])
if holder ~= node then
    if holder then
        redis.call('SREM', prefix .. 'node:' .. holder, pair)
    end
    redis.call('SADD', prefix .. 'node:' .. node, pair)
end
user.seen = millis
if ARGV[8] == '1' then
    user.email = ARGV[9]
end
local kind = 'U'
if not user.online then
    kind = 'C'
    redis.call('ZADD', prefix .. 'online', 0, userId)
    change(user, true, ARGV[11])
elseif user.graceEnd then
    redis.call('ZREM', prefix .. 'leaving', userId)
end
if kind == 'C' or user.graceEnd then
    redis.call('HDEL', user.key, 'g')
end
local state = { 's', '1', 'v', digits(user.version), 't', digits(user.seen) }
if user.email then
    state[7], state[8] = 'e', user.email
end
redis.call('HSET', user.key, unpack(state))
redis.call('EXPIRE', user.key, expiry)
redis.call('EXPIRE', sessions, expiry)
return answer(user, kind, tonumber(ARGV[12]))
