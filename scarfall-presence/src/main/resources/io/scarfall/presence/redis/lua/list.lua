-- Reads a list of friends that other systems write as JSON, unless it is long. Its size is known before it is fetched.
-- KEYS[1] the list; ARGV[1] how many bytes are read here at most
-- Answers the size in bytes, and the list; nothing in its place if there is none. A longer list is left to the caller.

local size = redis.call('STRLEN', KEYS[1])
if size > tonumber(ARGV[1]) then
  return {size}
end
return {size, redis.call('GET', KEYS[1])}
