-- What follows the move of doc/howto-ambon.md.
\set page doc/howto-ambon.md
\set title 'Ambon: what follows a move that was applied for'
\set subtitle 'induction_step, mentoring, placement_review, training (filled: done); outcome_value has the marks'
\set effect 'in effect'
\set induction 'induction'
\set mentor 'mentor'
\set reviews 'reviews'
\set review 'adaptation %s, performance %s of 5'
\set training 'training'
\set marks 'mean mark of each school, March and September'
\set moved 'schools of the move'
\set others 'schools without'
\ir include/ambon.psql
