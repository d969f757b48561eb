-- Renews a lease, and returns the live nodes.
-- KEYS[1] nodes, KEYS[2] witness, see Witness.java; missing in a Cluster
-- ARGV    time override, node, lease (ms), "1" if Redis knows all its sessions
-- Answer  "1" if the lease is held, the time (us), the lives, "1" if it had lapsed before
loadNodes(ARGV[3])
local node = nodes[ARGV[2]]
local held = node and not node.fenced
local lapsed = held and not isLive(node)
if held then
    if lapsed then
        node.heldSince = now
    end
    node.liveUntil = now + tonumber(ARGV[3])
    node.reapableFrom = ARGV[4] == '1' and 1 or 0
    save(node)
    if KEYS[2] then
        redis.call('SET', KEYS[2], '', 'EX', 3600)
    end
elseif not node then
    -- Redis has lost the node, or it was reaped. What it may have written since then is reaped later, so that it has
    -- time to open its sessions again
    save({
        id = ARGV[2],
        name = string.match(ARGV[2], '^[^@]+'),
        fenced = true,
        liveUntil = 0,
        heldSince = now,
        reapableFrom = now + tonumber(ARGV[3]),
    })
end
return told({ held and '1' or '0', micros, view(), lapsed and '1' or '0' })
