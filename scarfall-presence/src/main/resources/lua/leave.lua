-- Ends a lease.
-- KEYS[1] nodes
-- ARGV    time override, node
readClock(ARGV[1])
loadNodes()
local node = nodes[ARGV[2]]
if node and not node.fenced then
    fence(node, millis)
end
return 1
