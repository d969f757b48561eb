-- The index is complete: removes the note of what it lacked, unless the list has changed since.
-- KEYS[1] version, KEYS[2] what the index lacks
-- ARGV    the version of the list that the index has
if redis.pcall('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[2])
end
return { '1' }
