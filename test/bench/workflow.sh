#!/bin/sh
# Workflow with history against a plain UPDATE and against the same rules in
# PL/pgSQL triggers: bulk UPDATE in one statement (CPU time of the backend), and
# single transitions by pgbench with 1 and 8 clients, prepared statements, each row
# of the table as likely as any other. All tables have the same two indexes
# beside their key; one of them is on the state, so no update is heap-only. Other
# work on the machine only ever slows a run down, so of several rounds, in which
# they take turns, the best counts.
#
# pgbench is run twice: with the settings of an agency's production (fsync and
# full_page_writes on, synchronous_commit on), where a commit waits for the disk,
# and with synchronous_commit off, where nothing but the work itself is seen. Beside
# transitions per second stands what each took of the processors in the server's
# sessions: that other work on the machine and the disk distort less.
#   ROWS=100000  rows of the bulk UPDATE      SECONDS_EACH=5  time of each pgbench run
#   ROUNDS=3     how often each is run
set -eu
ROWS=${ROWS:-100000}
SECONDS_EACH=${SECONDS_EACH:-5}
ROUNDS=${ROUNDS:-3}
db=bench
# versioning in C, as packaged: the old row goes to a history table, without rules or hashes
versioned=
if [ -n "${TREE:-}" ] && [ -n "${PGVER:-}" ]; then
	# shellcheck source=test/machine.sh
	if (. "$TREE/test/machine.sh"; try_packages "postgresql-$PGVER-periods") >/dev/null 2>&1; then versioned=versioned; fi
fi
run() { psql -qAtX -v ON_ERROR_STOP=1 -d "$db" "$@"; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

run <<'SQL'
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS mutasi;
SELECT mutasi.define_workflow('{"workflow": "bench_loop",
	"states": [{"state": "draft", "initial": true}, {"state": "a"}, {"state": "b"}, {"state": "done", "terminal": true}],
	"transitions": [{"action": "go", "from": "draft", "to": "a"}, {"action": "there", "from": "a", "to": "b"},
		{"action": "back", "from": "b", "to": "a"}, {"action": "finish", "from": "b", "to": "done"}]}') \g /dev/null
-- PL/pgSQL that only logs: one row a change, old and new
CREATE FUNCTION log_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO logged_log (id, recorded_at, actor, old_row, new_row) VALUES (NEW.id, clock_timestamp(), session_user, to_jsonb(OLD), to_jsonb(NEW));
	RETURN NULL;
END $$;
-- PL/pgSQL with the same rules, history and hashes
CREATE TABLE rule (from_state text, to_state text, action text, PRIMARY KEY (from_state, to_state));
INSERT INTO rule VALUES ('draft', 'a', 'go'), ('a', 'b', 'there'), ('b', 'a', 'back'), ('b', 'done', 'finish');
CREATE FUNCTION same_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	r record;
	head record;
	salt bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
	changes jsonb;
	values_hash bytea;
	now timestamptz := clock_timestamp();
BEGIN
	IF NEW.id <> OLD.id THEN RAISE EXCEPTION 'key'; END IF;
	SELECT seq, hash, to_state INTO head FROM ruled_history WHERE id = OLD.id ORDER BY seq DESC LIMIT 1;
	IF head.to_state IS DISTINCT FROM OLD.status THEN RAISE EXCEPTION 'history'; END IF;
	IF OLD.status = 'done' THEN RAISE EXCEPTION 'terminal'; END IF;
	SELECT * INTO r FROM rule WHERE from_state = OLD.status AND to_state = NEW.status;
	IF NOT FOUND THEN RAISE EXCEPTION 'no transition'; END IF;
	SELECT jsonb_object_agg(n.key, jsonb_build_array(o.value, n.value)) INTO changes
	FROM jsonb_each(to_jsonb(NEW)) AS n JOIN jsonb_each(to_jsonb(OLD)) AS o USING (key) WHERE n.value <> o.value;
	values_hash := sha256(salt || convert_to(changes::text, 'UTF8'));
	INSERT INTO ruled_history VALUES (OLD.id, head.seq + 1, now, 'transition', r.action, OLD.status, NEW.status, session_user, current_user, changes, salt,
		values_hash, head.hash, sha256(head.hash || convert_to(format('%s|%s|%s|%s|%s|%s|%s|%s', OLD.id, head.seq + 1, extract(epoch FROM now), r.action, OLD.status, NEW.status, session_user, current_user), 'UTF8') || values_hash));
	RETURN NULL;
END $$;
SQL

setup() {
	run -v rows="$ROWS" -v versioned="$versioned" <<'SQL'
SET client_min_messages = error;
DROP TABLE IF EXISTS plain, logged, logged_log, ruled, ruled_history, enforced, enforced_history, enforced_history_seal, enforced_history_seal_head CASCADE;
CREATE TABLE plain (id int PRIMARY KEY, status text NOT NULL, employee int NOT NULL, post int NOT NULL, note text);
CREATE INDEX ON plain (status); CREATE INDEX ON plain (employee);
CREATE TABLE logged (LIKE plain INCLUDING ALL);
CREATE TABLE ruled (LIKE plain INCLUDING ALL);
CREATE TABLE enforced (LIKE plain INCLUDING ALL);
CREATE TABLE logged_log (log bigserial PRIMARY KEY, id int, recorded_at timestamptz, actor text, old_row jsonb, new_row jsonb);
CREATE TABLE ruled_history (id int, seq int, recorded_at timestamptz, event text, action text, from_state text, to_state text, actor text, role text, changes jsonb,
	salt bytea, values_hash bytea, previous_hash bytea, hash bytea, PRIMARY KEY (id, seq));
INSERT INTO plain SELECT g, 'draft', g, g % 500, 'note ' || g FROM generate_series(1, :rows) AS g;
INSERT INTO logged TABLE plain; INSERT INTO ruled TABLE plain;
INSERT INTO ruled_history SELECT id, 1, now(), 'create', 'create', NULL, 'draft', 'x', 'x', NULL, NULL, NULL, NULL, sha256(id::text::bytea) FROM ruled;
SELECT mutasi.attach_workflow('enforced', 'bench_loop', 'status') \g /dev/null
INSERT INTO enforced TABLE plain;
SELECT :'versioned' <> '' AS has_periods \gset
\if :has_periods
CREATE EXTENSION IF NOT EXISTS periods CASCADE;
SELECT periods.drop_system_versioning(table_name, drop_behavior => 'CASCADE', purge => true) FROM periods.system_versioning \g /dev/null
DROP TABLE IF EXISTS versioned;
CREATE TABLE versioned (LIKE plain INCLUDING ALL);
SELECT periods.add_system_time_period('versioned'), periods.add_system_versioning('versioned') \g /dev/null
INSERT INTO versioned (id, status, employee, post, note) TABLE plain;
VACUUM ANALYZE versioned;
\endif
CREATE TRIGGER log AFTER UPDATE ON logged FOR EACH ROW EXECUTE FUNCTION log_only();
CREATE TRIGGER rules AFTER UPDATE ON ruled FOR EACH ROW EXECUTE FUNCTION same_rules();
VACUUM ANALYZE plain, logged, ruled, enforced, ruled_history, enforced_history;
CHECKPOINT;
SQL
}

# CPU milliseconds of one statement in its backend (clock ticks are 10 ms)
cpu() {
	run <<SQL
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE sql AS \$\$
	SELECT (split_part(s, ' ', 14)::numeric + split_part(s, ' ', 15)::numeric) * 10 FROM pg_read_file('/proc/' || pg_backend_pid() || '/stat') AS s \$\$;
SELECT pg_temp.cpu() AS before \gset
$1;
SELECT pg_temp.cpu() - :before;
SQL
}

setup
echo "Bulk UPDATE of $ROWS rows along a transition (CPU ms of the backend, best of $ROUNDS rounds; two indexes beside the key)"
for table in plain $versioned logged ruled enforced; do : >"$tmp/$table"; done
for round in $(seq "$ROUNDS"); do
	[ $((round % 2)) = 1 ] && state=a || state=b
	# what the round before left dead is cleared away by whoever comes across it first,
	# this time one table's statement and that time another's: 1.5 times more or less
	run -c "VACUUM plain, $versioned${versioned:+, }logged, logged_log, ruled, ruled_history, enforced, enforced_history" -c CHECKPOINT
	for table in plain $versioned logged ruled enforced; do
		cpu "UPDATE $table SET status = '$state'" >>"$tmp/$table"
	done
done
named() {
	case $1 in
	plain) echo "plain UPDATE" ;; versioned) echo "periods (C), versioning only" ;; logged) echo "PL/pgSQL, plain log only" ;;
	ruled) echo "PL/pgSQL, same rules and hashes" ;; enforced) echo "mutasi workflow and history" ;;
	esac
}
least() { sort -n "$1" | head -n 1; }
most() { sort -n "$1" | tail -n 1; }
for table in plain $versioned logged ruled enforced; do
	echo "$(named $table)|$(least "$tmp/$table")|$(least "$tmp/plain")"
done | awk -F'|' '{printf "  %-34s %8d ms   %5.2f x plain\n", $1, $2, $2 / $3}'

setup
for table in plain $versioned logged ruled enforced; do run -c "UPDATE $table SET status = 'a'" -c "VACUUM ANALYZE $table"; done
for table in plain $versioned logged ruled enforced; do
	printf '\\set id random(1, %s)\nUPDATE %s SET status = CASE status WHEN '"'a'"' THEN '"'b'"' ELSE '"'a'"' END WHERE id = :id;\n' "$ROWS" "$table" >"$tmp/$table.sql"
done
settings() {
	run -c "ALTER SYSTEM SET fsync = $1" -c "ALTER SYSTEM SET full_page_writes = $1" -c "ALTER SYSTEM SET synchronous_commit = $1" -c "SELECT pg_reload_conf()" >/dev/null
	sleep 1
	run -c CHECKPOINT
}
# processor time of all the sessions that ended so far, in microseconds
postmaster=$(run -c "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)")
ended() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); printf "%.0f", ($14 + $15) * 1000000 / hz }' "/proc/$postmaster/stat"; }
for commit in on off; do
	settings $commit
	for clients in 1 8; do
		[ $commit = on ] && how="each commit waits for the disk" || how="no commit waits"
		echo "pgbench, $clients client(s), $how: single transitions per second, and processor time of each (best of $ROUNDS times ${SECONDS_EACH}s)"
		for table in plain $versioned logged ruled enforced; do : >"$tmp/$table.tps"; : >"$tmp/$table.cpu"; done
		for round in $(seq "$ROUNDS"); do
			for table in plain $versioned logged ruled enforced; do
				before=$(ended)
				pgbench -n -M prepared -c "$clients" -j 2 -T "$SECONDS_EACH" -f "$tmp/$table.sql" "$db" >"$tmp/out" 2>/dev/null
				sleep 0.2	# until the postmaster has heard of its sessions' end
				sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$tmp/out" >>"$tmp/$table.tps"
				transactions=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$tmp/out")
				awk -v spent="$(($(ended) - before))" -v n="$transactions" 'BEGIN { printf "%.2f\n", spent / n }' >>"$tmp/$table.cpu"
			done
		done
		for table in plain $versioned logged ruled enforced; do
			echo "$(named $table)|$(most "$tmp/$table.tps")|$(most "$tmp/plain.tps")|$(least "$tmp/$table.cpu")|$(least "$tmp/plain.cpu")"
		done | awk -F'|' '{printf "  %-34s %8.0f /s   %5.2f x the time of plain   %6.1f us %5.2f x\n", $1, $2, $3 / $2, $4, $4 / $5}'
	done
done
run -c "ALTER SYSTEM RESET fsync" -c "ALTER SYSTEM RESET full_page_writes" -c "ALTER SYSTEM RESET synchronous_commit" -c "SELECT pg_reload_conf()" >/dev/null

echo "verify_history and seal_history"
run <<'SQL'
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE sql AS $$
	SELECT (split_part(s, ' ', 14)::numeric + split_part(s, ' ', 15)::numeric) * 10 FROM pg_read_file('/proc/' || pg_backend_pid() || '/stat') AS s $$;
SELECT pg_temp.cpu() AS before, (SELECT count(*) FROM enforced_history) AS n \gset
SELECT count(*) AS faults FROM mutasi.verify_history('enforced') \gset
SELECT pg_temp.cpu() - :before AS spent \gset
SELECT format('  verify: %s history rows, %s faults, %s ms CPU; for 100,000 rows %s ms', :n, :faults, :spent, round(:spent * 100000 / :n));
SELECT pg_temp.cpu() AS before \gset
SELECT mutasi.seal_history('enforced') AS root \gset
SELECT format('  seal:   %s cases, %s ms CPU', (SELECT count(*) FROM enforced), pg_temp.cpu() - :before);
SQL
