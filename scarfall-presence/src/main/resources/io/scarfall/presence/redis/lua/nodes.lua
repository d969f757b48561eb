-- What all scripts share that change the lives of nodes: it is put in front of them when they are loaded.
--
-- KEYS[1] is {prefix}:nodes, a hash: name@epoch -> "state liveUntil heldSince reapableFrom", where the state is 1 while
-- the node is not fenced; and epoch -> the last epoch that was given. All times are milliseconds of Redis's clock. A life
-- is kept until its last session is removed: readers need to know when its lease ended. One that did not leave is kept for
-- some time more (see forget.lua), which tells readers that sessions may have been reaped whose sockets are connected. Of a
-- fenced life heldSince is 0 if nothing that it had can be connected. Of one that is not fenced reapableFrom is 1 if all its
-- sessions are known.
--
-- A field that cannot be read, or tells of times that cannot be, is removed. Where it was a node's own, that joins once more.
local nodes = {}
local now = tonumber(millis)

-- Longer than a lease, and than clocks of servers differ.
local MOST_AHEAD = 3600000

local function read(id, life, lease)
    local name, epoch = string.match(id, '^([%w._-]+)@([1-9]%d*)$')
    local state, liveUntil, heldSince, reapableFrom = string.match(life, '^([01]) (%d+) (%d+) (%d+)$')
    if not name or not state or #name > 128 or not isPast(tonumber(epoch)) then
        return nil
    end
    local latest = now + 2 * (tonumber(lease) or 0) + MOST_AHEAD
    if tonumber(liveUntil) > latest or tonumber(heldSince) > latest or tonumber(reapableFrom) > latest then
        return nil
    end
    return {
        id = id,
        name = name,
        fenced = state ~= '1',
        liveUntil = tonumber(liveUntil),
        heldSince = tonumber(heldSince),
        reapableFrom = tonumber(reapableFrom),
    }
end

-- Reads all lives, and answers the last epoch that was given.
local function loadNodes(lease)
    local all = redis.pcall('HGETALL', KEYS[1])
    if all.err then
        if not heal('nodes', KEYS[1], 'hash') then
            error(all)
        end
        all = {}
    end
    local last = 0
    for i = 1, #all, 2 do
        if all[i] == 'epoch' then
            last = tonumber(all[i + 1]) or -1
            if last < 0 or not isPast(last) then
                note('nodes', KEYS[1])
                redis.call('HDEL', KEYS[1], 'epoch')
                last = 0
            end
        else
            nodes[all[i]] = read(all[i], all[i + 1], lease)
            if not nodes[all[i]] then
                note('nodes', KEYS[1])
                redis.call('HDEL', KEYS[1], all[i])
            end
        end
    end
    return last
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
        local settled = not node.fenced and node.reapableFrom == 1 and '1' or nil
        lives[#lives + 1] = { id, node.fenced and '0' or '1', digits(node.liveUntil), settled }
    end
    return lives
end
