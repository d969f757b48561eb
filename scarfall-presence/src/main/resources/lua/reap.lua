-- Fences a dead node in this partition, and removes some of its sessions.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, when its lease ended (ms), most sessions to remove, grace (ms), expiry (s),
--         retention (s), feed length, watchers in an answer, how long a fence is kept (ms)
-- Answer  how many sessions are left, how many were removed, and the transitions
readClock(ARGV[1])
local name, epoch, ended, limit = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local fence = redis.call('HGET', KEYS[1], name)
if not fence or tonumber(string.match(fence, '^%d+')) <= epoch then
    redis.call('HSET', KEYS[1], name, digits(epoch + 1) .. ' 0 ' .. digits(millis))
    local fences = redis.call('HGETALL', KEYS[1]) -- grows by what is added here, so it is tidied here
    for i = 1, #fences, 2 do
        local raised = tonumber(string.match(fences[i + 1], '^%d+ %d+ (%d+)$'))
        if raised and fences[i] ~= name and millis - raised > tonumber(ARGV[11]) then
            redis.call('HDEL', KEYS[1], fences[i])
        end
    end
end
local node = name .. '@' .. ARGV[3]
local set = prefix .. 'node:' .. node
local removed, users, order = 0, {}, {}
local pairsOfNode = limit > 0 and redis.call('SPOP', set, limit) or {}
for _, pair in ipairs(pairsOfNode) do
    local length, ids = string.match(pair, '^(%d+):(.*)$')
    local userId = string.sub(ids, 1, tonumber(length))
    local sessionId = string.sub(ids, tonumber(length) + 1)
    local key = prefix .. 'user:' .. userId
    local session = redis.call('HGET', key, sessionId)
    if session and string.match(session, '^%S+') == node then
        redis.call('HDEL', key, sessionId)
        removed = removed + 1
    end
    if not users[userId] then -- also if the session had expired: the status has to follow all the same
        users[userId] = true
        order[#order + 1] = userId
    end
end
local transitions = {}
for _, userId in ipairs(order) do
    local user = load(userId)
    user.seen = math.max(user.seen, ended)
    local kind = settle(user, user.seen + tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[9])
    if kind ~= 'U' then
        transitions[#transitions + 1] = answer(user, kind, tonumber(ARGV[10]))
    end
end
return { redis.call('SCARD', set), removed, transitions }
