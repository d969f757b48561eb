-- A dead node that is to be reaped; if none waits for it, one whose lease lapsed is fenced first.
-- KEYS[1] nodes
-- ARGV    time override, the node that would reap, lease (ms), dead nodes that are passed over
-- Answer  "1" if that one holds its lease, the dead node or "", when its lease ended (ms), "1" if it did not leave
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
if now - reaper.heldSince >= tonumber(ARGV[3]) then -- else perhaps nobody could beat: let them
    for id, node in pairs(nodes) do
        if not node.fenced and not isLive(node) then
            fence(node, now)
            return told({ '1', id, digits(node.liveUntil), node.heldSince > 0 and '1' or '0' })
        end
    end
end
return told({ '1', '', '0', '0' })
