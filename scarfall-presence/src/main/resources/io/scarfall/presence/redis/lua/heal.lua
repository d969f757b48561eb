-- Removes a key that has another type than expected.
-- KEYS[1] key
-- ARGV    time override, kind, the expected type
heal(ARGV[2], KEYS[1], ARGV[3])
return told({ '1' })
