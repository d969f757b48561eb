-- Takes users offline whose grace has ended.
-- KEYS[1] fence
-- ARGV    time override, most users, retention (s), feed length, watchers in an answer, expiry (s)
-- Answer  how many were settled, and the transitions
local leaving = prefix .. 'leaving'
keptSeconds, keptChanges = ARGV[6], ARGV[4]
local due = redis.pcall('ZRANGEBYSCORE', leaving, '-inf', millis, 'LIMIT', 0, ARGV[2])
if due.err then
    healIndexes()
    due = {}
end
local transitions = {}

local function settleGrace(id)
    load(id)
    redis.call('ZREM', leaving, id)
    if online and sessions == '' then
        goOffline(ARGV[3], ARGV[4])
        transitions[#transitions + 1] = answer('W', ARGV[5])
    elseif not online then
        redis.call('ZREM', prefix .. 'online', id) -- the record of the user had expired
    end
end

for _, id in ipairs(due) do
    local done, result = pcall(settleGrace, id)
    if not done then
        again(result, settleGrace, id, id)
        redis.call('ZREM', leaving, id)
    end
end
keepCountAndMend()
return told({ #due, transitions })
