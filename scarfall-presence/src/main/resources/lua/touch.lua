-- Notes that a session is alive.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, user id, session id
-- Answer  "1" if it is open under this node and epoch, else "0"; or FENCED, STALE
readClock(ARGV[1])
local refused = refusal(ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
if refused then
    return { refused }
end
local userId, sessionId = ARGV[5], ARGV[6]
local sessions = prefix .. 'sessions:' .. userId
local session = redis.call('HGET', sessions, sessionId)
if not session then
    return { '0' }
end
local holder, rest = string.match(session, '^(%S+) %S+( .*)$')
local state = prefix .. 'state:' .. userId
if holder ~= ARGV[2] .. '@' .. ARGV[3] or redis.call('HEXISTS', state, 's') == 0 then
    return { '0' }
end
redis.call('HSET', sessions, sessionId, holder .. ' ' .. digits(millis) .. rest)
redis.call('HSET', state, 't', digits(millis))
return { '1' }
