-- Functions for the lives of nodes. Prepended to all scripts that change them.
--
-- KEYS[1] is {prefix}:nodes, a hash: name@epoch -> "state liveUntil heldSince reapableFrom", where the state is 1 while
-- the node is not fenced; and epoch -> the last epoch that was assigned. All times are milliseconds of Redis's clock. A life
-- is kept until its last session is removed: readers need to know when its lease ended. A life that did not leave is kept
-- longer (see forget.lua): it tells readers that reaped sessions may still be connected. In a fenced life, heldSince is 0 if
-- none of its sockets can be connected. In a life that is not fenced, reapableFrom is 1 if Redis knows all its sessions.
--
-- A field that is unreadable, or has impossible times, is removed. If it was the life of a running node, that node joins
-- again.
local nodes = {}
local now = tonumber(millis)

-- Longer than any lease, and than the difference between clocks of servers.
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

-- Reads all lives, and returns the last epoch that was assigned.
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

-- Ends this life now, or at the end of its lease if that was earlier.
local function fence(node, reapableFrom)
    if isLive(node) then
        node.liveUntil = now
    end
    node.fenced = true
    node.reapableFrom = reapableFrom
    save(node)
end

-- All lives, for the reader's view of the nodes.
local function view()
    local lives = {}
    for id, node in pairs(nodes) do
        local settled = not node.fenced and node.reapableFrom == 1 and '1' or nil
        lives[#lives + 1] = { id, node.fenced and '0' or '1', digits(node.liveUntil), settled }
    end
    return lives
end
