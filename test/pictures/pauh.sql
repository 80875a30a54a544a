-- What doc/howto-pauh.md sees and does.
\set title 'Pauh: a surge of visits, and what one move did'
\set subtitle 'workload_surge, unit_workload and unit_needs() on the data of the page; a ratio above 1: too few people for the work'
\set hours 'hours of Puskesmas 1, by month'
\set usual 'the usual at most'
\set ratio 'required for each one there'
\set before 'before'
\set after 'after the move'
\ir include/pauh.psql
