-- The training of doc/howto-bungo.id.md, and what came of the move.
\set page doc/howto-bungo.id.md
\set title 'Bungo: pelatihan menutup kesenjangan sebelum mutasi, dan izin terbit lebih cepat'
\set subtitle 'current_assessment() sebelum dan sesudah pelatihan terhadap post_competency; outcome_value'
\set levels 'tingkat Pegawai 002 dan syarat jabatan'
\set held 'dimiliki sebelumnya'
\set reached 'sesudah pelatihan'
\set asked 'diminta'
\set programme 'Pelatihan: %s, selesai %s (%s)'
\set days 'hari sampai izin terbit, Maret dan September'
\set moved 'unit yang terkait mutasi'
\set others 'unit tanpa mutasi'
\ir include/bungo.psql
