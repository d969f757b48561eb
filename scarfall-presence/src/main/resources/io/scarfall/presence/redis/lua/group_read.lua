-- Renews the share of a consumer in a group of readers of the feed, and returns it.
-- KEYS[1] group, a hash: @consumer -> when its share lapses (ms), g -> how often the shares changed, and the number of a
--         partition -> the id up to which it was acknowledged
-- ARGV    time override, consumer, partitions, how long the share lasts (ms)
-- Answer  how often the shares changed, and partition, id, partition, id, ...; "" if nothing was acknowledged yet
heal('group', KEYS[1], 'hash')
local group = redis.call('HGETALL', KEYS[1])
local positions, consumers, changes = {}, {}, 0
local changed = true
for i = 1, #group, 2 do
    local name, value = group[i], group[i + 1]
    if name == 'g' then
        changes = tonumber(value)
        if not changes or changes < 0 or changes > 1000000000 then
            note('group', KEYS[1])
            changes = 1
            redis.call('HSET', KEYS[1], 'g', changes)
        end
    elseif string.sub(name, 1, 1) ~= '@' then
        local at, number = string.match(value, '^(%d+)%-(%d+)$')
        if tonumber(name) and at and isPast(tonumber(at)) and tonumber(number) < 9007199254740991 then
            positions[name] = value
        else
            note('group', KEYS[1])
            redis.call('HDEL', KEYS[1], name)
        end
    elseif name == '@' .. ARGV[2] then
        consumers[#consumers + 1] = name
        changed = false
    elseif (tonumber(value) or 0) > tonumber(millis) and tonumber(value) < millis + 2 * ARGV[4] + 3600000 then
        consumers[#consumers + 1] = name
    else
        redis.call('HDEL', KEYS[1], name)
        changes = changes + 1
        redis.call('HSET', KEYS[1], 'g', changes)
    end
end
if changed then
    consumers[#consumers + 1] = '@' .. ARGV[2]
    changes = changes + 1
    redis.call('HSET', KEYS[1], 'g', changes)
end
redis.call('HSET', KEYS[1], '@' .. ARGV[2], digits(millis + tonumber(ARGV[4])))
table.sort(consumers)
local mine = {}
for p = 0, tonumber(ARGV[3]) - 1 do
    if consumers[p % #consumers + 1] == '@' .. ARGV[2] then
        mine[#mine + 1] = tostring(p)
        mine[#mine + 1] = positions[tostring(p)] or ''
    end
end
return told({ tostring(changes), mine })
