-- What the plan of doc/howto-binjai.id.md does, and what came of it.
\set page doc/howto-binjai.id.md
\set title 'Binjai: kelurahan sebelum dan sesudah rencana, dan kepuasan warganya'
\set subtitle 'unit_workload dan unit_needs() pada kedua hari; outcome_value; rasio di atas 1: orang kurang untuk pekerjaannya'
\set ratio 'kebutuhan per orang yang ada'
\set before 'sebelum'
\set after 'sesudah rencana'
\set satisfaction 'kepuasan (IKM), Maret dan September'
\set moved 'kelurahan dalam rencana'
\set others 'kelurahan tanpa mutasi'
\ir include/binjai.psql
