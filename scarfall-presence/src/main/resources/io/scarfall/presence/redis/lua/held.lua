-- Returns the lives of nodes that have sessions in this partition, and checks the indexes at the same time.
-- KEYS[1] fence
-- ARGV    time override, expiry (s), feed length
-- Answer  node, node, ...
keptSeconds, keptChanges = ARGV[2], ARGV[3]
healIndexes()
local odd = redis.call('ZRANGEBYSCORE', prefix .. 'online', '-inf', 0, 'LIMIT', 0, 32)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'online', 9007199254740992, '+inf', 'LIMIT', 0, 32)) do
    odd[#odd + 1] = id
end
for _, id in ipairs(odd) do -- no page shows them
    note('online', prefix .. 'online')
    redis.call('ZREM', prefix .. 'online', id)
    mend(id)
end
if partitionDamaged then
    mendPartition()
end
keepCount()
local held = {}
eachLife(function(life, set)
    if redis.call('EXISTS', set) == 1 then
        held[#held + 1] = life
    end
end)
return told(held)
