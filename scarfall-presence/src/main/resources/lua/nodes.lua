-- What all scripts share that change the lives of nodes: it is put in front of them when they are loaded.
--
-- KEYS[1] is {prefix}:nodes, a hash: name@epoch -> "state liveUntil heldSince reapableFrom", where the state is 1 while
-- the node is not fenced; and epoch -> the last epoch that was given. All times are milliseconds of Redis's clock. A life
-- is kept until its last session is removed: readers need to know when its lease ended.
local nodes = {}
local now = tonumber(millis)

local function loadNodes()
    local all = redis.call('HGETALL', KEYS[1])
    for i = 1, #all, 2 do
        local name = string.match(all[i], '^([^@]+)@')
        if name then
            local state, liveUntil, heldSince, reapableFrom = string.match(all[i + 1], '^(%d) (%d+) (%d+) (%d+)$')
            nodes[all[i]] = {
                id = all[i],
                name = name,
                fenced = state ~= '1',
                liveUntil = tonumber(liveUntil),
                heldSince = tonumber(heldSince),
                reapableFrom = tonumber(reapableFrom),
            }
        end
    end
end

local function save(node)
    nodes[node.id] = node
    redis.call(
        'HSET',
        KEYS[1],
        node.id,
        table.concat({
            node.fenced and '0' or '1',
            digits(node.liveUntil),
            digits(node.heldSince),
            digits(node.reapableFrom),
        }, ' ')
    )
end

local function isLive(node)
    return not node.fenced and now < node.liveUntil
end

-- Ends this life now, or when its lease lapsed if that was earlier.
local function fence(node, reapableFrom)
    if isLive(node) then
        node.liveUntil = now
    end
    node.fenced = true
    node.reapableFrom = reapableFrom
    save(node)
end

-- All lives, for the reader's view of them.
local function view()
    local lives = {}
    for id, node in pairs(nodes) do
        lives[#lives + 1] = { id, node.fenced and '0' or '1', digits(node.liveUntil) }
    end
    return lives
end
