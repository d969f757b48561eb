-- Ends a lease.
-- KEYS[1] nodes
-- ARGV    time override, node
loadNodes()
local node = nodes[ARGV[2]]
if node and not node.fenced then
    fence(node, now)
end
return 1
