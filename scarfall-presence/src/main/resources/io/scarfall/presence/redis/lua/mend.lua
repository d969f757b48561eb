-- Repairs unreadable data of this partition.
-- KEYS[1] fence
-- ARGV    time override, expiry (s), feed length, then the users with unreadable records; without users the indexes are
--         repaired
-- Answer  for each user the record after the repair, or nothing
keptSeconds, keptChanges = ARGV[2], ARGV[3]
healIndexes()
local records = {}
for i = 4, #ARGV do
    mend(ARGV[i])
    if not version then
        redis.call('ZREM', prefix .. 'online', ARGV[i])
    end
    records[#records + 1] = redis.call('GET', key) or ''
end
if #ARGV == 3 or partitionDamaged then
    mendPartition()
end
keepCount()
return told(records)
