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

