-- Writes the layout of the keys if there is none, and returns it.
-- KEYS[1] meta
-- ARGV    format, partitions, the previous format, which is raised
-- Answer  the format and the number of partitions in Redis
local layout = redis.pcall('HMGET', KEYS[1], 'format', 'partitions')
local unreadable
if layout.err then
    if not string.find(layout.err, 'WRONGTYPE', 1, true) then
        return layout
    end
    redis.call('DEL', KEYS[1])
    layout = {}
    unreadable = { '\0unreadable', 'meta', KEYS[1] }
end
for i, name in ipairs({ 'format', 'partitions' }) do
    local isNumber = layout[i] and string.find(layout[i], '^%d+$') and #layout[i] < 10
    if not isNumber then
        unreadable = layout[i] and { '\0unreadable', 'meta', KEYS[1] } or unreadable
        redis.call('HSET', KEYS[1], name, ARGV[i])
        layout[i] = ARGV[i]
    end
end
if layout[1] == ARGV[3] then -- this version reads the previous format
    redis.call('HSET', KEYS[1], 'format', ARGV[1])
    layout[1] = ARGV[1]
end
return { layout[1], layout[2], unreadable }
