-- Takes users offline whose grace is over.
-- KEYS[1] fence
-- ARGV    time override, most users, retention (s), feed length, watchers in an answer
-- Answer  how many were settled, and the transitions
readClock(ARGV[1])
local leaving = prefix .. 'leaving'
local due = redis.call('ZRANGEBYSCORE', leaving, '-inf', digits(millis), 'LIMIT', 0, ARGV[2])
local transitions = {}
for _, userId in ipairs(due) do
    local user = load(userId)
    redis.call('ZREM', leaving, userId)
    if isWithoutSessions(user) then
        if user.online then
            goOffline(user, ARGV[3], ARGV[4])
            transitions[#transitions + 1] = answer(user, 'W', tonumber(ARGV[5]))
        else
            redis.call('ZREM', prefix .. 'online', userId) -- the record of the user had expired
        end
    end
end
return { #due, transitions }
