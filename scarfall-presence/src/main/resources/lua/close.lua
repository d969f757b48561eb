-- Closes a session of this node, whatever its epoch.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, user id, session id, grace (ms), expiry (s), retention (s),
--         feed length, watchers in the answer
-- Answer  a transition; or FENCED, STALE
readClock(ARGV[1])
local refused = refusal(ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
if refused then
    return { refused }
end
local userId, sessionId = ARGV[5], ARGV[6]
local user = load(userId, sessionId)
local holder = user.session and string.match(user.session, '^%S+')
if not holder or string.match(holder, '^[^@]+') ~= ARGV[2] then
    return answer(user, 'U', 0)
end
redis.call('HDEL', user.key, sessionId)
redis.call('SREM', prefix .. 'node:' .. holder, pairOf(userId, sessionId))
user.seen = millis
local kind = settle(user, millis + tonumber(ARGV[7]), ARGV[8], ARGV[9], ARGV[10])
return answer(user, kind, tonumber(ARGV[11]))
