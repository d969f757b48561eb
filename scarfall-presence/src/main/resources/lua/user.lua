-- The user at hand: put in front of the scripts that change the presence of users when they are loaded, so there is one
-- copy of how a status follows from sessions.
--
-- The record of a user is lines of fields with tabs between; within a field both are escaped, see Fields.java. The first line
-- is the state: "1" or "0" (online), version, last seen, end of the grace or 0 (online) or since when (offline), email. Then
-- one line per session: session id, node, last activity, connected at, email, device, address. Times are milliseconds and
-- versions microseconds. All of it stays text, which is cut and joined.
local userId, key, online, version, seen, since, email
local sessions -- the lines of the sessions, each behind its line feed

-- Reads a user; version is nil if nothing is known.
local function load(id)
    userId = id
    key = prefix .. 'user:' .. id
    local record = redis.call('GET', key)
    if record then
        online, version, seen, since, email, sessions =
            string.match(record, '^(%d)\t(%d+)\t(%d+)\t(%d+)\t([^\n]*)(.*)$')
        online = online == '1'
    else
        online, version, seen, since, email, sessions = false, nil, millis, '0', '\\N', ''
    end
end

local function state()
    return (online and '1\t' or '0\t') .. version .. '\t' .. seen .. '\t' .. since .. '\t' .. email
end

-- Takes a session out, if the name of its node begins like this, and tells the node; nil if there is none.
local function cut(sessionId, node)
    local line, last = string.find(sessions, '\n' .. sessionId .. '\t' .. node, 1, true)
    if not line then
        return nil
    end
    local tab = string.find(sessions, '\t', last + 1, true)
    local behind = string.find(sessions, '\n', tab, true)
    local holder = string.sub(sessions, line + #sessionId + 2, tab - 1)
    sessions = string.sub(sessions, 1, line - 1) .. (behind and string.sub(sessions, behind) or '')
    return holder
end

