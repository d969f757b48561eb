-- Notes data that other programs, or a fault, may have written under our keys. Prepended to the scripts that continue in spite
-- of it. The repairs are in unreadable.lua and rebuild.lua. The script of sessions does without these, because each run of a
-- script creates all its functions.
--
-- Each key with unreadable data is noted, and named in an extra part at the end of the answer: the mark, then kind, key,
-- kind, key, ... A kind is one of StoreListener.Data.
local unreadable

local function note(kind, name)
    unreadable = unreadable or { '\0unreadable' }
    unreadable[#unreadable + 1] = kind
    unreadable[#unreadable + 1] = name
end

-- Whether a number of microseconds may have been assigned by now: clocks of servers differ by less than a day.
local function isPast(number)
    return number < micros + 86400000000
end

