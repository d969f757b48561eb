-- Takes users offline whose grace is over.
-- KEYS[1] fence
-- ARGV    time override, most users, retention (s), feed length, watchers in an answer
-- Answer  how many were settled, and the transitions
local leaving = prefix .. 'leaving'
local due = redis.call('ZRANGEBYSCORE', leaving, '-inf', millis, 'LIMIT', 0, ARGV[2])
local transitions = {}
for _, id in ipairs(due) do
    load(id)
    redis.call('ZREM', leaving, id)
    if online and sessions == '' then
        goOffline(ARGV[3], ARGV[4])
        transitions[#transitions + 1] = answer('W', ARGV[5])
    elseif not online then
        redis.call('ZREM', prefix .. 'online', id) -- the record of the user had expired
    end
end
keepCount()
return { #due, transitions }
