-- Fences a dead node in this partition, and removes some of its sessions.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, when its lease ended (ms), most sessions to remove, grace (ms), expiry (s),
--         retention (s), feed length, watchers in an answer, how long a fence is kept (ms)
-- Answer  how many sessions are left, how many were removed, and the transitions
keptSeconds, keptChanges = ARGV[7], ARGV[9]
local name, epoch, ended, limit = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local node = name .. '@' .. ARGV[3]
local set = prefix .. 'node:' .. node
heal('fence', KEYS[1], 'hash')
if heal('node', set, 'set') then
    partitionDamaged = true
end
local fence = redis.call('HGET', KEYS[1], name)
local fenced = fence and tonumber(string.match(fence, '^(%d+) %d+ %d+$'))
if fence and not (fenced and isPast(fenced)) then
    note('fence', KEYS[1])
    fenced = nil
end
if not fenced or fenced <= epoch then
    redis.call('HSET', KEYS[1], name, digits(epoch + 1) .. ' 0 ' .. millis)
    local fences = redis.call('HGETALL', KEYS[1]) -- grows by what is added here, so it is tidied here
    for i = 1, #fences, 2 do
        local raised = string.match(fences[i + 1], '^%d+ %d+ (%d+)$')
        if raised and fences[i] ~= name and millis - raised > tonumber(ARGV[11]) then
            redis.call('HDEL', KEYS[1], fences[i])
        elseif not raised and fences[i] ~= '#' and fences[i] ~= '##' then
            note('fence', KEYS[1])
            redis.call('HDEL', KEYS[1], fences[i])
        end
    end
end
if partitionDamaged then
    healIndexes()
    mendPartition() -- the records know which sessions were in the set
    partitionDamaged = nil
end
local sessionsOf, order = {}, {}
local taken = limit > 0 and redis.call('SRANDMEMBER', set, limit) or {}
for _, pair in ipairs(taken) do
    local sessionId, id = string.match(pair, '^([^\t]*)\t(.*)$')
    if not id then
        note('node', set)
    elseif sessionsOf[id] then
        table.insert(sessionsOf[id], sessionId)
    else
        sessionsOf[id] = { sessionId }
        order[#order + 1] = id
    end
end
local removed, transitions = 0, {}

local function removeSessions(id)
    load(id)
    local here = 0
    for _, sessionId in ipairs(sessionsOf[id]) do
        if cut(sessionId, node .. '\t') then
            here = here + 1
        end
    end
    if here > 0 then
        if tonumber(ended) > tonumber(seen) then
            seen = ended
        end
        local kind = settle(seen + ARGV[6], ARGV[7], ARGV[8], ARGV[9])
        removed = removed + here
        if kind == 'W' then
            transitions[#transitions + 1] = answer('W', ARGV[10])
        end
    elseif not online then -- the record had expired, or was evicted
        redis.call('ZREM', prefix .. 'online', id)
    end
end

for _, id in ipairs(order) do
    local done, result = pcall(removeSessions, id)
    if not done then
        again(result, removeSessions, id, id)
    end
end
-- only now: while one of them was unreadable, the set told which sessions it had
for from = 1, #taken, 1000 do
    redis.call('SREM', set, unpack(taken, from, math.min(from + 999, #taken)))
end
keepCount()
if partitionDamaged then
    mendPartition()
    keepCount()
end
return told({ redis.call('SCARD', set), removed, transitions })
