-- Fences a dead node in this partition, and removes some of its sessions.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, when its lease ended (ms), most sessions to remove, grace (ms), expiry (s),
--         retention (s), feed length, watchers in an answer, how long a fence is kept (ms)
-- Answer  how many sessions are left, how many were removed, and the transitions
local name, epoch, ended, limit = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local fence = redis.call('HGET', KEYS[1], name)
if not fence or tonumber(string.match(fence, '^%d+')) <= epoch then
    redis.call('HSET', KEYS[1], name, digits(epoch + 1) .. ' 0 ' .. millis)
    local fences = redis.call('HGETALL', KEYS[1]) -- grows by what is added here, so it is tidied here
    for i = 1, #fences, 2 do
        local raised = string.match(fences[i + 1], '^%d+ %d+ (%d+)$')
        if raised and fences[i] ~= name and millis - raised > tonumber(ARGV[11]) then
            redis.call('HDEL', KEYS[1], fences[i])
        end
    end
end
local node = name .. '@' .. ARGV[3]
local set = prefix .. 'node:' .. node
local sessionsOf, order = {}, {}
for _, pair in ipairs(limit > 0 and redis.call('SPOP', set, limit) or {}) do
    local sessionId, id = string.match(pair, '^([^\t]*)\t(.*)$')
    if not sessionsOf[id] then
        sessionsOf[id] = {}
        order[#order + 1] = id
    end
    table.insert(sessionsOf[id], sessionId)
end
local removed, transitions = 0, {}
for _, id in ipairs(order) do
    load(id)
    local before = removed
    for _, sessionId in ipairs(sessionsOf[id]) do
        if cut(sessionId, node .. '\t') then
            removed = removed + 1
        end
    end
    if removed > before then
        if tonumber(ended) > tonumber(seen) then
            seen = ended
        end
        if settle(seen + ARGV[6], ARGV[7], ARGV[8], ARGV[9]) == 'W' then
            transitions[#transitions + 1] = answer('W', ARGV[10])
        end
    elseif not online then -- the record had expired, or was evicted
        redis.call('ZREM', prefix .. 'online', id)
    end
end
keepCount()
return { redis.call('SCARD', set), removed, transitions }
