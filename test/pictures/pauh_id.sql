-- What doc/howto-pauh.id.md sees and does.
\set title 'Pauh: lonjakan kunjungan, dan akibat satu mutasi'
\set subtitle 'workload_surge, unit_workload, dan unit_needs() atas data halaman ini; rasio di atas 1: orang kurang untuk pekerjaannya'
\set hours 'jam Puskesmas 1, per bulan'
\set usual 'paling banyak yang lazim'
\set ratio 'kebutuhan per orang yang ada'
\set before 'sebelum'
\set after 'sesudah mutasi'
\ir include/pauh.psql
