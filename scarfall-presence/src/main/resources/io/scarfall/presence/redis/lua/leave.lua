-- Ends a lease.
-- KEYS[1] nodes, KEYS[2] owners, see join.lua, KEYS[3] witness; missing in a Cluster
-- ARGV    time override, node, lease (ms)
heal('nodes', KEYS[2], 'hash')
loadNodes(ARGV[3])
local node = nodes[ARGV[2]]
if node and not node.fenced then
    node.heldSince = 0
    fence(node, now)
end
redis.call('HDEL', KEYS[2], ARGV[2])
if KEYS[3] then
    redis.call('DEL', KEYS[3])
end
return told({ '1' })
