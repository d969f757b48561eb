-- What a change of the status of the user at hand is: put in front of the scripts that may make one when they are loaded.

local counted -- whether the count has to be kept

-- A real change: it gets a version and a place in the feed, whose number is answered. The ids in the feed are base-number,
-- where the base is the time when it began and the numbers are dense, so that a reader sees what it missed. Both are kept
-- beside the fences, under # and ##: reading the newest id from the stream costs more.
local function change(feedLength)
    if not version or version < micros then
        version = micros
    else
        version = digits(version + 1)
    end
    local feed = prefix .. 'events'
    if base == nil then
        base, count = unpack(redis.call('HMGET', KEYS[1], '#', '##'))
    end
    base = base or micros
    count = (count or 0) + 1
    counted = true
    local number = digits(count)
    local change = state()
    local added =
        redis.pcall('XADD', feed, 'MAXLEN', '~', feedLength, base .. '-' .. number, 'u', userId, 's', change)
    if type(added) == 'table' and added.err then -- the fences were lost, and the feed was not
        local newest = redis.call('XREVRANGE', feed, '+', '-', 'COUNT', '1')[1][1]
        base, number = string.match(newest, '^(%d+)-(%d+)$')
        count = number + 1
        number = digits(count)
        redis.call('XADD', feed, base .. '-' .. number, 'u', userId, 's', change)
    end
    return number
end

-- To be called when all changes of a script are made.
local function keepCount()
    if counted then
        redis.call('HSET', KEYS[1], '#', base, '##', digits(count))
    end
end

-- What is told to the caller: watchers only where something is to be told to them.
local function answer(kind, watcherLimit)
    if kind ~= 'U' and watcherLimit ~= '0' then
        local list = prefix .. 'watchers:' .. userId
        local watchers = redis.call('ZRANGEBYLEX', list, '-', '+', 'LIMIT', '0', watcherLimit)
        if #watchers > 0 then
            local total = #watchers < tonumber(watcherLimit) and #watchers or redis.call('ZCARD', list)
            return { kind, userId, version, seen, email, total, watchers }
        end
    end
    return { kind, userId, version or '0', seen, email }
end

