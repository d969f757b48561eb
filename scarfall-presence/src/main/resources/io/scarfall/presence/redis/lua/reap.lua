-- Fences a dead node in this partition, and removes some of its sessions.
-- KEYS[1] fence
-- ARGV    time override, node name, epoch, when its lease ended (ms), most sessions to remove, grace (ms), expiry (s),
--         retention (s), feed length, watchers in an answer, how long a fence is kept (ms), how long the sessions are
--         remembered (ms), and since when their devices may have moved to other nodes (ms)
-- Answer  how many sessions remain, how many were removed, and the transitions
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
    local fences = redis.call('HGETALL', KEYS[1]) -- it grows by what is added here, so old entries are removed here
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

-- The longest text of a user's reaped sessions; beyond it only the fact that there were more is kept.
local MOST_REMEMBERED = 16384

-- The line for a session that is about to be removed from the current user, see ReapedSessions.java.
local function memoryOf(sessionId)
    local _, last = string.find(sessions, '\n' .. sessionId .. '\t' .. node .. '\t', 1, true)
    if not last then
        return ''
    end
    local details = string.match(sessions, '^%d+\t%d+\t([^\n]*)', last + 1)
    if details == '\\D' then
        details = redis.call('HGET', prefix .. 'details:' .. userId, sessionId)
    end
    local device = details and string.match(details, '^[^\t]*\t([^\t]*)\t') or '\\N'
    device = device == '\\N' and '' or redis.sha1hex(device)
    return '\n' .. sessionId .. '\t' .. node .. '\t' .. digits(millis + ARGV[12]) .. '\t' .. ARGV[13] .. '\t' .. device
end

local function remember(memories)
    local name = prefix .. 'reaped:' .. userId
    if redis.call('APPEND', name, memories) > MOST_REMEMBERED then
        redis.call('SET', name, '\n*\t*\t' .. digits(millis + ARGV[12]) .. '\t0\t')
    end
    redis.call('PEXPIRE', name, ARGV[12])
end

local function removeSessions(id)
    load(id)
    local here, memories = 0, {}
    for _, sessionId in ipairs(sessionsOf[id]) do
        if ARGV[12] ~= '0' then
            memories[#memories + 1] = memoryOf(sessionId)
        end
        if cut(sessionId, node .. '\t') then
            here = here + 1
        end
    end
    if here > 0 then
        if #memories > 0 then
            remember(table.concat(memories))
        end
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
-- only now: while a record was unreadable, the set told which sessions it had
for from = 1, #taken, 1000 do
    redis.call('SREM', set, unpack(taken, from, math.min(from + 999, #taken)))
end
keepCountAndMend()
return told({ redis.call('SCARD', set), removed, transitions })
