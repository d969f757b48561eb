-- Returns the live nodes to a process that is not a node.
-- KEYS[1] nodes
-- ARGV    time override, lease (ms)
-- Answer  the time (us), the lives
loadNodes(ARGV[2])
return told({ micros, view() })
