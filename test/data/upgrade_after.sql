-- What must still be enforced, and still work, after an upgrade or a restore.
\pset format unaligned
\pset tuples_only on
\set VERBOSITY sqlstate
\set ON_ERROR_STOP 0
SET client_min_messages = error;
UPDATE own.request SET status = 'done' WHERE id = 1;
UPDATE own.request SET status = 'submitted', amount = -1 WHERE id = 1;
TRUNCATE own.part_26;
DELETE FROM own.request_history;
UPDATE kota.transfer SET state = 'effective' WHERE transfer_id = 1;
INSERT INTO own.person VALUES (1001, '198513012010011001', NULL);
DROP EXTENSION mutasi;
\set VERBOSITY default
UPDATE own.request SET status = 'submitted' WHERE id = 1;
UPDATE own.part SET status = 'done';
SELECT seq, action FROM own.request_history WHERE id = 1 ORDER BY seq DESC LIMIT 1;
INSERT INTO own.person SELECT 2000 + i, NULL, format('{%s:3}', i)::mutasi.competency_profile FROM generate_series(1, 50) AS i;
INSERT INTO kota.assessment (employee_id, competency_id, level, assessed_on) VALUES (1, 3, 5, current_date);
SELECT profile FROM kota.employee WHERE employee_id = 1;
SELECT mutasi.seal_history('own.request') IS NOT NULL;
SELECT count(*) FROM mutasi.verify_history('own.request');
SELECT mutasi.create_agency('another');
SELECT count(*) > 10 FROM pg_class WHERE relnamespace = 'another'::regnamespace;
