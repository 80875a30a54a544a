-- What the plan of doc/howto-binjai.md does, and what came of it.
\set page doc/howto-binjai.md
\set title 'Binjai: the wards before and after the plan, and their satisfaction'
\set subtitle 'unit_workload and unit_needs() on both days; outcome_value; a ratio above 1: too few people for the work'
\set ratio 'people required for each one there'
\set before 'before'
\set after 'after the plan'
\set satisfaction 'satisfaction (IKM), March and September'
\set moved 'wards of the plan'
\set others 'wards without a move'
\ir include/binjai.psql
