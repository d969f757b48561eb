-- What all scripts share that change the presence of users: it is put in front of them when they are loaded, so there is
-- one copy of how a status follows from sessions.
--
-- KEYS[1] is always the fence of the partition, {prefix}:{p}:fence. The other keys of the partition have the same hash
-- tag and are built from its name: which ones are touched is known only from what is read (a session names the node
-- whose set it is in, a reaped set names the users). Times are milliseconds and versions are microseconds of Redis's own
-- clock, or of the override that tests give; both are below 2^53, hence exact in Lua.
local prefix = string.sub(KEYS[1], 1, -6) -- without "fence"
local micros
local millis

-- A number as digits only: tostring() would give 1.7e+15.
local function digits(number)
    return string.format('%.0f', number)
end

local function readClock(override)
    if override == '' then
        local time = redis.call('TIME')
        micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
    else
        micros = tonumber(override)
    end
    millis = math.floor(micros / 1000)
end

-- Why a node may not write under this epoch and from this generation of its connection; nil if it may. The fence keeps
-- the highest of both that wrote here: what comes later with a lower one was sent earlier, and was overtaken.
local function refusal(name, epoch, generation)
    local fence = redis.call('HGET', KEYS[1], name)
    if fence then
        local e, g = string.match(fence, '^(%d+) (%d+)')
        e, g = tonumber(e), tonumber(g)
        if epoch < e then
            return 'FENCED'
        elseif epoch == e and generation < g then
            return 'STALE'
        elseif epoch == e and generation == g then
            return nil
        end
    end
    redis.call('HSET', KEYS[1], name, digits(epoch) .. ' ' .. digits(generation) .. ' ' .. digits(millis))
    return nil
end

-- How a session is named in the set of its node. The length comes first, so that no ids can be confused.
local function pairOf(userId, sessionId)
    return string.len(userId) .. ':' .. userId .. sessionId
end

local function load(userId)
    local state = redis.call('HMGET', prefix .. 'state:' .. userId, 's', 'v', 't', 'e', 'g')
    return {
        id = userId,
        key = prefix .. 'state:' .. userId,
        known = state[1] ~= false,
        online = state[1] == '1',
        version = tonumber(state[2] or '0'),
        seen = tonumber(state[3] or digits(millis)),
        email = state[4],
        graceEnd = state[1] == '1' and state[5],
    }
end

-- What is told to the caller: watchers only where something is to be told to them.
local function answer(user, kind, watcherLimit)
    local total, watchers = 0, {}
    if kind ~= 'U' and watcherLimit > 0 then
        local key = prefix .. 'watchers:' .. user.id
        total = redis.call('ZCARD', key)
        if total > 0 then
            watchers = redis.call('ZRANGEBYLEX', key, '-', '+', 'LIMIT', 0, watcherLimit)
        end
    end
    return { kind, user.id, digits(user.version), digits(user.seen), user.email, total, watchers }
end

-- A real change of the status: it gets a version and a place in the feed. The ids in the feed are dense, so that a
-- reader sees what it missed.
local function change(user, online, feedLength)
    user.online = online
    user.version = math.max(user.version + 1, micros)
    local feed = prefix .. 'events'
    local id
    local last = redis.call('XREVRANGE', feed, '+', '-', 'COUNT', 1)[1]
    if last then
        local base, seq = string.match(last[1], '^(%d+)-(%d+)$')
        id = base .. '-' .. digits(tonumber(seq) + 1)
    else
        id = digits(micros) .. '-1'
    end
    local event = { 'u', user.id, 's', online and '1' or '0', 'v', digits(user.version), 't', digits(user.seen) }
    if user.email then
        event[9], event[10] = 'e', user.email
    end
    redis.call('XADD', feed, 'MAXLEN', '~', feedLength, id, unpack(event))
end

local function goOffline(user, retentionSeconds, feedLength)
    redis.call('ZREM', prefix .. 'online', user.id)
    redis.call('ZREM', prefix .. 'leaving', user.id)
    change(user, false, feedLength)
    redis.call('HSET', user.key, 's', '0', 'v', digits(user.version), 't', digits(user.seen), 'g', digits(millis))
    redis.call('EXPIRE', user.key, retentionSeconds)
end

-- Derives the status after sessions were removed: 'U' or 'W'.
local function settle(user, graceEnd, expirySeconds, retentionSeconds, feedLength)
    local stays = redis.call('EXISTS', prefix .. 'sessions:' .. user.id) == 1
    if stays or not user.online then
        if user.known then
            redis.call('HSET', user.key, 't', digits(user.seen))
        elseif not stays then -- the record had expired, or was evicted
            redis.call('ZREM', prefix .. 'online', user.id)
        end
        return 'U'
    end
    if millis < graceEnd then
        redis.call('ZADD', prefix .. 'leaving', digits(graceEnd), user.id)
        redis.call('HSET', user.key, 't', digits(user.seen), 'g', digits(graceEnd))
        redis.call('EXPIRE', user.key, digits(math.ceil((graceEnd - millis) / 1000) + tonumber(expirySeconds)))
        return 'U'
    end
    goOffline(user, retentionSeconds, feedLength)
    return 'W'
end
