-- Notes that a session is alive.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, generation, user id, session id
-- Answer  "1" if it is open under this node and epoch, else "0"; or FENCED, STALE
load(ARGV[5])
local _, last = string.find(sessions, '\n' .. ARGV[6] .. '\t' .. node .. '\t', 1, true)
if not last then
    return { '0' }
end
local behind = string.find(sessions, '\t', last + 1, true)
seen = millis
sessions = string.sub(sessions, 1, last) .. millis .. string.sub(sessions, behind)
redis.call('SET', key, state() .. sessions, 'KEEPTTL')
return { '1' }
