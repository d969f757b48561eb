-- Gives a node a lease under a new epoch.
-- KEYS[1] nodes, KEYS[2] owners, a hash: name@epoch -> "process address"
-- ARGV    time override, name, lease (ms), process, its address
-- Answer  the epoch, the time (us), the lives; or, if another process holds a live lease of this name, "0", the time, the lives, its address
heal('nodes', KEYS[2], 'hash')
local epoch = math.max(loadNodes(ARGV[3]) + 1, tonumber(micros))
for _, node in pairs(nodes) do
    if node.name == ARGV[2] and isLive(node) then
        -- there is no owner if an earlier version joined, or Redis has lost it
        local owner, address = string.match(redis.call('HGET', KEYS[2], node.id) or '', '^(%S+) (.*)$')
        if owner and owner ~= ARGV[4] then
            return told({ '0', micros, view(), address })
        end
    end
end
for _, node in pairs(nodes) do
    if node.name == ARGV[2] and not node.fenced then
        fence(node, node.liveUntil) -- time to open its sessions again
    end
end
redis.call('HSET', KEYS[1], 'epoch', digits(epoch))
save({
    id = ARGV[2] .. '@' .. digits(epoch),
    name = ARGV[2],
    fenced = false,
    liveUntil = now + tonumber(ARGV[3]),
    heldSince = now,
    reapableFrom = 0,
})
for _, id in ipairs(redis.call('HKEYS', KEYS[2])) do
    if not nodes[id] or nodes[id].fenced then
        redis.call('HDEL', KEYS[2], id)
    end
end
redis.call('HSET', KEYS[2], ARGV[2] .. '@' .. digits(epoch), ARGV[4] .. ' ' .. ARGV[5])
return told({ digits(epoch), micros, view() })
