-- Closes a session of this node, whatever its epoch.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, user id, session id, grace (ms), expiry (s), retention (s),
--         feed length, watchers in the answer
-- Answer  a transition; or FENCED, STALE
load(ARGV[5])
local holder = cut(ARGV[6], ARGV[2] .. '@')
if not holder then
    return answer('U')
end
redis.call('SREM', prefix .. 'node:' .. holder, ARGV[6] .. '\t' .. userId)
seen = millis
return answer(settle(millis + ARGV[7], ARGV[8], ARGV[9], ARGV[10]), ARGV[11])
