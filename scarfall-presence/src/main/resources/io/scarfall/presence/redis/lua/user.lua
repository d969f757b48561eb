-- The current user. Prepended to the scripts that change the presence of users, so that one place defines how a status
-- follows from sessions.
--
-- The record of a user consists of lines of tab-separated fields; tabs and line feeds within a field are escaped, see
-- Fields.java. The first line is the state: "1" or "0" (online); version; last seen; end of the grace or 0 (online), or since
-- when (offline); email. Then one line per session: session id, node, last activity, connected at, and the details: email,
-- device, address. Long details are in a hash beside the record, and the line has \D in their place. Times are milliseconds,
-- versions microseconds. All of it stays text, which is cut and joined.
local userId, key, online, version, seen, since, email
local sessions -- the lines of the sessions, each after its line feed

-- No record of ours is longer.
local MOST_RECORD_BYTES = 4194304

-- Reads a user; version is nil for an unknown user. Fails if the record is unreadable.
local function load(id)
    userId = id
    key = prefix .. 'user:' .. id
    local record = redis.call('GET', key)
    if not record then
        online, version, seen, since, email, sessions = false, nil, millis, '0', '\\N', ''
        return
    end
    online, version, seen, since, email, sessions =
        string.match(record, '^([01])\t(%d+)\t(%d+)\t(%d+)\t([^\n]*)(.*)$')
    online = online == '1'
    if
        not version
        or #record > MOST_RECORD_BYTES
        or #version > 16
        or #seen > 13
        or #since > 13
        or version > micros and not isPast(tonumber(version))
        or seen > millis and not isPast(seen * 1000)
    then
        error('unreadable record', 0)
    end
end

local function state()
    return (online and '1\t' or '0\t') .. version .. '\t' .. seen .. '\t' .. since .. '\t' .. email
end

-- Removes a session if the name of its node begins like this, and returns the node; nil if there is none.
local function cut(sessionId, node)
    local line, last = string.find(sessions, '\n' .. sessionId .. '\t' .. node, 1, true)
    if not line then
        return nil
    end
    local tab = string.find(sessions, '\t', last + 1, true)
    local behind = string.find(sessions, '\n', tab, true) or #sessions + 1
    local holder = string.sub(sessions, line + #sessionId + 2, tab - 1)
    local isLong = string.sub(sessions, behind - 3, behind - 1) == '\t\\D'
    sessions = string.sub(sessions, 1, line - 1) .. string.sub(sessions, behind)
    if isLong then
        local details = prefix .. 'details:' .. userId
        if not string.find(sessions, '\t\\D', 1, true) then
            redis.call('DEL', details)
            return holder
        end
        local held = redis.call('HSTRLEN', details, sessionId)
        redis.call('HDEL', details, sessionId)
        if type(redis.pcall('HINCRBY', details, '', -held)) == 'table' then
            note('details', details)
            redis.call('DEL', details)
        end
    end
    return holder
end

