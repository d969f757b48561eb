-- Ends a lease.
-- KEYS[1] nodes
-- ARGV    time override, node, lease (ms)
loadNodes(ARGV[3])
local node = nodes[ARGV[2]]
if node and not node.fenced then
    fence(node, now)
end
return told({ '1' })
