-- What puts keys right: put behind note.lua when scripts are loaded.

-- The answer of a script, with what was noted.
local function told(answer)
    answer[#answer + 1] = unreadable
    return answer
end

-- Removes a key that holds another type than it should; answers whether it did.
local function heal(kind, name, expected)
    local found = redis.call('TYPE', name).ok
    if found == 'none' or found == expected then
        return false
    end
    redis.call('DEL', name)
    note(kind, name)
    return true
end

-- Whether a failure is about what is stored. All else (no memory, no rights, a server that may not write) is about Redis.
local function isDamage(failure)
    local text = type(failure) == 'table' and failure.err or tostring(failure)
    return (
        string.find(text, 'WRONGTYPE', 1, true)
        or string.find(text, 'unreadable record', 1, true)
        or string.find(text, 'attempt to', 1, true)
        or string.find(text, 'bad argument', 1, true)
        or string.find(text, 'ID specified', 1, true)
        or string.find(text, 'not an integer', 1, true)
        or string.find(text, 'stream has exhausted', 1, true)
    ) ~= nil
end

