-- The time, by Redis's own clock or the override that tests give: readClock sets both. Microseconds are below 2^53, hence
-- exact in Lua. Put in front of all scripts that need it when they are loaded.
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

