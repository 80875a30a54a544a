-- What doc/howto-rangkui.id.md decides, and what came of it.
\set page doc/howto-rangkui.id.md
\set title 'Rangkui: siapa yang diperingkat saat diputuskan, dan nilai sesudahnya'
\set subtitle 'decision_candidate menyimpan setiap bagian skor (batang; pudar: ada aturan yang menghalangi); nilainya dari outcome_value'
\set parts 'kompetensi,kinerja,kualifikasi,pengalaman,keseimbangan'
\set chosen 'dipilih'
\set marks 'nilai rata-rata setiap sekolah, Maret dan September'
\set moved 'sekolah yang terkait mutasi'
\set others 'sekolah tanpa mutasi'
\ir include/rangkui.psql
