-- The partition of KEYS[1], its fence: put in front of the scripts that write there when they are loaded.
--
-- The other keys of the partition have the same hash tag and are built from its name: which ones are touched is known only
-- from what is read (a session names the node whose set it is in, a reaped set names the users).
local prefix = string.sub(KEYS[1], 1, -6) -- without "fence"
local base, count -- of the ids in the feed, see change.lua; false if it has none yet, nil while nobody looked

