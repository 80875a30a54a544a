-- What doc/howto-rangkui.md decides, and what came of it.
\set page doc/howto-rangkui.md
\set title 'Rangkui: who was ranked when it was decided, and the marks afterwards'
\set subtitle 'decision_candidate keeps each part of each score (bars; faded: a rule holds the person back); outcome_value has the marks'
\set parts 'competency,performance,qualification,experience,balance'
\set chosen 'chosen'
\set marks 'mean mark of each school, March and September'
\set moved 'schools of the move'
\set others 'schools without'
\ir include/rangkui.psql
