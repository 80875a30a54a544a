CREATE EXTENSION mutasi;
\echo The extension is installed:
SELECT extname AS extension, extversion AS version FROM pg_extension WHERE extname = 'mutasi';
