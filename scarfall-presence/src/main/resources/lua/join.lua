-- Gives a node a lease under a new epoch.
-- KEYS[1] nodes
-- ARGV    time override, name, lease (ms)
-- Answer  the epoch, the time (us), the lives
local epoch = math.max(loadNodes(ARGV[3]) + 1, tonumber(micros))
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
return told({ digits(epoch), micros, view() })
