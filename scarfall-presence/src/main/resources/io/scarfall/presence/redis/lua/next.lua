-- Returns a dead node to reap; if there is none, a node whose lease lapsed is fenced first.
-- KEYS[1] nodes
-- ARGV    time override, the node that reaps, lease (ms), dead nodes to skip
-- Answer  "1" if the reaping node holds its lease, the dead node or "", when its lease ended (ms), "1" if it did not leave
loadNodes(ARGV[3])
local reaper = nodes[ARGV[2]]
if not reaper or not isLive(reaper) then
    return told({ '0', '', '0', '0' })
end
local seen = {}
for i = 4, #ARGV do
    seen[ARGV[i]] = true
end
for id, node in pairs(nodes) do
    if node.fenced and now >= node.reapableFrom and not seen[id] then
        return told({ '1', id, digits(node.liveUntil), node.heldSince > 0 and '1' or '0' })
    end
end
if now - reaper.heldSince >= tonumber(ARGV[3]) then -- otherwise perhaps no node could beat: give them time
    for id, node in pairs(nodes) do
        if not node.fenced and not isLive(node) then
            fence(node, now)
            return told({ '1', id, digits(node.liveUntil), node.heldSince > 0 and '1' or '0' })
        end
    end
end
return told({ '1', '', '0', '0' })
