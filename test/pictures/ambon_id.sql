-- What follows the move of doc/howto-ambon.id.md.
\set page doc/howto-ambon.id.md
\set title 'Ambon: tindak lanjut mutasi yang dilamar sendiri'
\set subtitle 'induction_step, mentoring, placement_review, training (penuh: sudah dilakukan); nilainya dari outcome_value'
\set effect 'berlaku'
\set induction 'orientasi'
\set mentor 'mentor'
\set reviews 'penilaian'
\set review 'adaptasi %s, kinerja %s dari 5'
\set training 'pelatihan'
\set marks 'nilai rata-rata setiap sekolah, Maret dan September'
\set moved 'sekolah yang terkait mutasi'
\set others 'sekolah tanpa mutasi'
\ir include/ambon.psql
