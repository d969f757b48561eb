-- What all scripts share that change the presence of users: it is put in front of them when they are loaded, so there is
-- one copy of how a status follows from sessions.
--
-- KEYS[1] is always the fence of the partition, {prefix}:{p}:fence. The other keys of the partition have the same hash
-- tag and are built from its name: which ones are touched is known only from what is read (a session names the node
-- whose set it is in, a reaped set names the users). Times are milliseconds and versions are microseconds of Redis's own
-- clock, or of the override that tests give; both are below 2^53, hence exact in Lua.
local prefix = string.sub(KEYS[1], 1, -6) -- without "fence"

-- The id of the newest change in the feed; it is kept beside the fences, as reading it from the stream costs more.
local newest

-- Why a node may not write under this epoch and from this generation of its connection; nil if it may. The fence keeps
-- the highest of both that wrote here: what comes later with a lower one was sent earlier, and was overtaken.
local function refusal(name, epoch, generation)
    local found = redis.call('HMGET', KEYS[1], name, '#')
    newest = found[2]
    if found[1] then
        local e, g = string.match(found[1], '^(%d+) (%d+)')
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

-- What is known of a user, and of one session. The record is a hash of the sessions, and of the state under the empty
-- name: "1 or 0 (online), version, last seen, end of the grace or 0 (online) or since when (offline), + and email or -".
local function load(userId, sessionId)
    local key = prefix .. 'user:' .. userId
    local found = redis.call('HMGET', key, '', sessionId or '')
    local user = { id = userId, key = key, session = sessionId and found[2], version = 0, seen = millis, since = 0, email = '-' }
    if found[1] then
        local online, version, seen, since, email = string.match(found[1], '^(%d) (%d+) (%d+) (%d+) (.*)$')
        user.known = true
        user.online = online == '1'
        user.version = tonumber(version)
        user.seen = tonumber(seen)
        user.since = tonumber(since)
        user.email = email
    end
    return user
end

local function stateOf(user)
    return table.concat({
        user.online and '1' or '0',
        digits(user.version),
        digits(user.seen),
        digits(user.since),
        user.email,
    }, ' ')
end

local function isWithoutSessions(user)
    return redis.call('HLEN', user.key) <= (user.known and 1 or 0)
end

-- What is told to the caller: watchers only where something is to be told to them.
local function answer(user, kind, watcherLimit)
    local total, watchers = 0, {}
    if kind ~= 'U' and watcherLimit > 0 then
        local key = prefix .. 'watchers:' .. user.id
        watchers = redis.call('ZRANGEBYLEX', key, '-', '+', 'LIMIT', 0, watcherLimit)
        total = #watchers < watcherLimit and #watchers or redis.call('ZCARD', key)
    end
    return { kind, user.id, digits(user.version), digits(user.seen), user.email, total, watchers }
end

-- A real change of the status: it gets a version and a place in the feed. The ids in the feed are base-number, where the
-- base is the time when it began and the numbers are dense, so that a reader sees what it missed.
local function change(user, feedLength)
    user.version = math.max(user.version + 1, micros)
    local feed = prefix .. 'events'
    local function add(last)
        local base, number = string.match(last or digits(micros) .. '-0', '^(%d+)-(%d+)$')
        newest = base .. '-' .. digits(tonumber(number) + 1)
        return redis.pcall('XADD', feed, 'MAXLEN', '~', feedLength, newest, 'u', user.id, 's', stateOf(user))
    end
    local added = add(newest or redis.call('HGET', KEYS[1], '#'))
    if type(added) == 'table' and added.err then -- the fences were lost, and the feed was not
        local last = redis.call('XREVRANGE', feed, '+', '-', 'COUNT', 1)[1]
        add(last and last[1])
    end
    redis.call('HSET', KEYS[1], '#', newest)
end

local function goOffline(user, retentionSeconds, feedLength)
    redis.call('ZREM', prefix .. 'online', user.id)
    user.online = false
    user.since = millis
    change(user, feedLength)
    redis.call('HSET', user.key, '', stateOf(user))
    redis.call('EXPIRE', user.key, retentionSeconds)
end

-- Derives the status after sessions were removed: 'U' or 'W'.
local function settle(user, graceEnd, expirySeconds, retentionSeconds, feedLength)
    local bereft = isWithoutSessions(user)
    if not bereft or not user.online then
        if user.known then
            redis.call('HSET', user.key, '', stateOf(user))
        elseif bereft then -- the record had expired, or was evicted
            redis.call('ZREM', prefix .. 'online', user.id)
        end
        return 'U'
    end
    if millis < graceEnd then
        user.since = graceEnd
        redis.call('ZADD', prefix .. 'leaving', digits(graceEnd), user.id)
        redis.call('HSET', user.key, '', stateOf(user))
        redis.call('EXPIRE', user.key, digits(math.ceil((graceEnd - millis) / 1000) + tonumber(expirySeconds)))
        return 'U'
    end
    goOffline(user, retentionSeconds, feedLength)
    return 'W'
end
