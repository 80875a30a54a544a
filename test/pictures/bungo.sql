-- The training of doc/howto-bungo.md, and what came of the move.
\set page doc/howto-bungo.md
\set title 'Bungo: training closes the gap before the move, and permits come faster'
\set subtitle 'current_assessment() before and after the training against post_competency; outcome_value'
\set levels 'levels of Pegawai 002 and what the post asks'
\set held 'held before'
\set reached 'after the training'
\set asked 'asked'
\set programme 'Training: %s, completed %s (%s)'
\set days 'days until a permit is given, March and September'
\set moved 'units of the move'
\set others 'units without'
\ir include/bungo.psql
