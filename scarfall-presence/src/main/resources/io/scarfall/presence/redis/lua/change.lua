-- A change of the status of the current user. Prepended to the scripts that may make one.

local counted -- whether the count has to be written

-- A real change: it gets a version and a place in the feed, and its number is returned. The ids in the feed are
-- base-number: the base is the time when the feed began, and the numbers are dense, so that a reader sees what it missed.
-- Both are kept beside the fences, under # and ##: reading the newest id from the stream costs more.
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
    if base and not (tonumber(base) and isPast(tonumber(base)) and tonumber(count)) then
        note('fence', KEYS[1])
        base = nil
    end
    if not base then
        base, count = micros, 0
    end
    count = count + 1
    counted = true
    local change = state()
    local added =
        redis.pcall('XADD', feed, 'MAXLEN', '~', feedLength, base .. '-' .. digits(count), 'u', userId, 's', change)
    if type(added) == 'table' and added.err then
        if
            not string.find(added.err, 'ID specified', 1, true)
            and not string.find(added.err, 'WRONGTYPE', 1, true)
            and not string.find(added.err, 'stream has exhausted', 1, true)
        then
            error(added)
        end
        -- The stream does not continue: the fences were lost and the stream was not, or another program wrote into it.
        -- Continue after its newest entry if that is possible, otherwise begin again.
        local newest = redis.pcall('XREVRANGE', feed, '+', '-', 'COUNT', '1')
        local from, number
        if not newest.err and newest[1] then
            from, number = string.match(newest[1][1], '^(%d+)-(%d+)$')
        end
        if from and isPast(tonumber(from)) and tonumber(number) < 9007199254740991 then
            base, count = from, number + 1
        else
            note('feed', feed)
            redis.call('DEL', feed)
            base, count = micros, 1
        end
        redis.call('XADD', feed, 'MAXLEN', '~', feedLength, base .. '-' .. digits(count), 'u', userId, 's', change)
    end
    return digits(count)
end

-- A script calls this after all its changes.
local function keepCount()
    if counted then
        redis.call('HSET', KEYS[1], '#', base, '##', digits(count))
    end
end

-- What the caller gets: watchers only if they have to be notified.
local function answer(kind, watcherLimit)
    if kind ~= 'U' and watcherLimit ~= '0' then
        local list = prefix .. 'watchers:' .. userId
        local watchers = redis.pcall('ZRANGEBYLEX', list, '-', '+', 'LIMIT', '0', watcherLimit)
        if watchers.err then
            if not string.find(watchers.err, 'WRONGTYPE', 1, true) then
                error(watchers)
            end
            note('watchers', list)
            redis.call('DEL', list)
        elseif #watchers > 0 then
            local total = #watchers < tonumber(watcherLimit) and #watchers or redis.call('ZCARD', list)
            return { kind, userId, version, seen, email, total, watchers }
        end
    end
    return { kind, userId, version or '0', seen, email }
end

