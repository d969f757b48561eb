-- Tells who lives, to somebody who is no node.
-- KEYS[1] nodes
-- ARGV    time override
-- Answer  the time (us), the lives
loadNodes()
return { micros, view() }
