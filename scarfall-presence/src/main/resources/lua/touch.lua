-- Notes that a session is alive.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, user id, session id
-- Answer  "1" if it is open under this node and epoch, else "0"; or FENCED, STALE
readClock(ARGV[1])
local refused = refusal(ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
if refused then
    return { refused }
end
local user = load(ARGV[5], ARGV[6])
if not user.known or not user.session then
    return { '0' }
end
local holder, rest = string.match(user.session, '^(%S+) %S+( .*)$')
if holder ~= ARGV[2] .. '@' .. ARGV[3] then
    return { '0' }
end
user.seen = millis
redis.call('HSET', user.key, '', stateOf(user), ARGV[6], holder .. ' ' .. digits(millis) .. rest)
return { '1' }
