-- Rebuilds unreadable records and indexes, from what is still readable of a record, and from the sets of the nodes' sessions.
-- Prepended to the scripts that change the presence of users.

local partitionDamaged -- whether an index was removed with its key
local keptSeconds, keptChanges -- expiry of a record, length of the feed: the script sets them

-- Calls the function with each life of a node that may have sessions here, and the key of its set. The fence has the newest
-- life of each name; for a life that is being reaped it has the next epoch.
local function eachLife(call)
    local fences = redis.pcall('HGETALL', KEYS[1])
    for i = 1, fences.err and 0 or #fences, 2 do
        local epoch = tonumber(string.match(fences[i + 1], '^(%d+) %d+ %d+$'))
        if epoch and isPast(epoch) and string.match(fences[i], '^[%w._-]+$') then
            for e = epoch - 1, epoch do
                local life = fences[i] .. '@' .. digits(e)
                call(life, prefix .. 'node:' .. life)
            end
        end
    end
end

-- Removes the indexes that have another type.
local function healIndexes()
    local lost = heal('fence', KEYS[1], 'hash')
    lost = heal('online', prefix .. 'online', 'zset') or lost
    lost = heal('leaving', prefix .. 'leaving', 'zset') or lost
    lost = heal('feed', prefix .. 'events', 'stream') or lost
    eachLife(function(_, set)
        lost = heal('node', set, 'set') or lost
    end)
    partitionDamaged = partitionDamaged or lost
end

-- Updates the indexes from the record of the current user.
local function index()
    local isListed = redis.call('ZSCORE', prefix .. 'online', userId)
    if sessions ~= '' and not online or online and not isListed then
        online = true
        redis.call('ZADD', prefix .. 'online', change(keptChanges), userId)
    end
    if online and sessions == '' then
        if since == '0' then
            since = millis
        end
        redis.call('ZADD', prefix .. 'leaving', since, userId)
    end
end

-- Rebuilds the record of the current user. Details of a session that are unreadable are missing, which a connection time of 0
-- marks: its node writes them again at the next touch.
local function rebuild()
    local readable, failure = pcall(load, userId)
    local damaged = not readable
    if damaged then
        if not isDamage(failure) then
            error(failure)
        end
        if redis.call('TYPE', key).ok ~= 'string' then
            redis.call('DEL', key)
        end
    end
    readable = readable and version
    if not readable then
        online, version, seen, since, email = nil, nil, millis, '0', '\\N'
    end
    local written = readable and sessions
    sessions = ''
    local ending, held = '\t' .. userId, {}
    eachLife(function(life, set)
        local members = redis.pcall('SMEMBERS', set)
        for i = 1, members.err and 0 or #members do
            if string.sub(members[i], -#ending) == ending then
                held[string.sub(members[i], 1, -#ending - 1)] = life
            end
        end
    end)
    local kept = {}
    for line in string.gmatch(written or '', '\n([^\n]*)') do
        local sessionId, life, details = string.match(line, '^([^\t]+)\t([%w._-]+@[1-9]%d*)\t%d+\t%d+\t(.*)$')
        local isWhole = sessionId and (details == '\\D' or string.match(details, '^[^\t]*\t[^\t]*\t[^\t]*$'))
        if isWhole and isPast(tonumber(string.match(life, '%d+$'))) and (held[sessionId] or life) == life then
            kept[#kept + 1] = '\n' .. line
            held[sessionId] = false
        else
            damaged = true
        end
    end
    for sessionId, life in pairs(held) do
        if life then
            damaged = true
            kept[#kept + 1] = '\n' .. sessionId .. '\t' .. life .. '\t' .. millis .. '\t0\t\\N\t\\N\t\\N'
        end
    end
    sessions = table.concat(kept)
    if not string.find(sessions, '\t\\D', 1, true) then
        redis.call('DEL', prefix .. 'details:' .. userId)
    end
    if damaged then
        note('user', key)
    end
    if online == nil then
        online = redis.call('ZSCORE', prefix .. 'online', userId) and true or false
        version = (online or sessions ~= '') and micros or nil
    end
    if not version then
        redis.call('DEL', key)
        redis.call('ZREM', prefix .. 'leaving', userId)
        return
    end
    index()
    if online then
        redis.call('SET', key, state() .. sessions, 'EX', keptSeconds)
    elseif not readable then
        redis.call('DEL', key)
    end
end

-- Repairs the data of a user, and loads the user.
local function mend(id)
    healIndexes()
    userId, key = id, prefix .. 'user:' .. id
    heal('details', prefix .. 'details:' .. id, 'hash')
    heal('watchers', prefix .. 'watchers:' .. id, 'zset')
    heal('places', prefix .. 'places:' .. id, 'zset')
    heal('user', prefix .. 'reaped:' .. id, 'string')
    rebuild()
end

-- Calls a function again after it failed and the reason was repaired. Returns nil if it fails again.
local function again(failure, call, argument, id)
    if not isDamage(failure) then
        error(failure)
    end
    mend(id)
    local done, result = pcall(call, argument)
    if not done and not isDamage(result) then
        error(result)
    elseif not done then
        note('user', prefix .. 'user:' .. id)
    end
    return done and result or nil
end

-- Rebuilds the indexes from the records, and the records from the indexes. A script calls this after all its changes.
local function mendPartition()
    local users = {}
    for _, id in ipairs(redis.call('ZRANGE', prefix .. 'online', 0, -1)) do
        users[id] = true
    end
    local isKnown = {}
    eachLife(function(life, set)
        isKnown[life] = set
        for _, pair in ipairs(redis.call('SMEMBERS', set)) do
            local id = string.match(pair, '^[^\t]+\t(.+)$')
            if id then
                users[id] = true
            else
                note('node', set)
                redis.call('SREM', set, pair)
            end
        end
    end)
    for id in pairs(users) do
        if not pcall(load, id) then
            rebuild()
        end
        if not version then
            redis.call('ZREM', prefix .. 'online', id)
        else
            for sessionId, life in string.gmatch(sessions, '\n([^\t\n]+)\t([^\t\n]+)\t') do
                if isKnown[life] then
                    redis.call('SADD', isKnown[life], sessionId .. '\t' .. id)
                end
            end
            local before = state()
            index()
            if state() ~= before then
                redis.call('SET', key, state() .. sessions, 'KEEPTTL')
            end
        end
    end
end

-- Keeps the count, and again after a repair, which may add changes.
local function keepCountAndMend()
    keepCount()
    if partitionDamaged then
        mendPartition()
        keepCount()
    end
end
