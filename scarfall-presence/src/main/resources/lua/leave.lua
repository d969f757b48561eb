-- Ends a lease.
-- KEYS[1] nodes, KEYS[2] witness; missing in a Cluster
-- ARGV    time override, node, lease (ms)
loadNodes(ARGV[3])
local node = nodes[ARGV[2]]
if node and not node.fenced then
    node.heldSince = 0
    fence(node, now)
end
if KEYS[2] then
    redis.call('DEL', KEYS[2])
end
return told({ '1' })
