#!/bin/sh
# An agency of the size of a large ministry's regional service: how long its
# rankings, its views and its bulk loads take. Every unit is short of people, so
# that the balance tells nobody apart and many are scored in full: a hard case.
#   AGENCY_PEOPLE=100000  people; units, posts, assessments and volumes follow
# Figures are seconds by the clock and, in brackets, of the backend's processor
# time (without its parallel workers'), which other work on the machine distorts less.
set -eu
people=${AGENCY_PEOPLE:-100000}
sql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

sql <<SQL
\set people $people
SET client_min_messages = warning;
CREATE EXTENSION mutasi;
SELECT mutasi.create_agency('big') \g /dev/null
SET search_path = big, mutasi, public;
SELECT setseed(0.42) \g /dev/null

INSERT INTO unit (unit_id, code, name, parent_id) SELECT n, 'U' || n, 'Unit ' || n, CASE WHEN n > 1 THEN greatest(1, n / 20) END FROM generate_series(1, :people * 3 / 100) AS n;
INSERT INTO competency (competency_id, code, name) SELECT n, 'C' || n, 'Competency ' || n FROM generate_series(1, 200) AS n;
INSERT INTO post (post_id, unit_id, code, title, family, class, seats)
	SELECT n, 1 + n % (:people * 3 / 100), 'P' || n, 'Post ' || n % 400, 'family ' || n % 40, 5 + n % 8, 6 FROM generate_series(1, :people / 5) AS n;
-- a post of family f asks nine common competencies and eight of its family
INSERT INTO post_competency (post_id, competency_id, level, mandatory)
	SELECT p, c, 2 + (p + c) % 3, false FROM generate_series(1, :people / 5) AS p, generate_series(1, 9) AS c
	UNION ALL SELECT p, 10 + (p % 40) * 4 + c, 2 + (p + c) % 3, c = 0 FROM generate_series(1, :people / 5) AS p, generate_series(0, 7) AS c WHERE 10 + (p % 40) * 4 + c <= 200;
INSERT INTO employee (employee_id, name, born_on, appointed_on, grade, grade_since)
	SELECT n, 'Pegawai ' || n, date '1968-01-01' + (random() * 11000)::int, date '2000-01-01' + (random() * 8000)::int, 'III/' || substr('abcd', 1 + n % 4, 1), '2021-04-01' FROM generate_series(1, :people) AS n;
INSERT INTO education (employee_id, level) SELECT n, 3 + n % 6 FROM generate_series(1, :people) AS n;
INSERT INTO performance (employee_id, year, rating) SELECT n, extract(year FROM current_date)::int - y, 3 + (hashint4(n * 3 + y) & 1) + (hashint4(n + y) & 1) FROM generate_series(1, :people) AS n, generate_series(1, 2) AS y;
INSERT INTO record_check (employee_id, subject, checked_on, checked_by) SELECT n, s, '2024-01-01', 'x' FROM generate_series(1, :people) AS n, unnest('{discipline,study leave,family}'::text[]) AS s;
CREATE UNLOGGED TABLE new_assessment AS
	SELECT n AS employee_id, c AS competency_id, round((1 + 4 * random())::numeric, 2) AS level, date '2024-01-01' + (n % 300) AS assessed_on
	FROM generate_series(1, :people) AS n
	CROSS JOIN LATERAL (SELECT c FROM generate_series(1, 9) AS c UNION ALL SELECT 10 + (n % 40) * 4 + c FROM generate_series(0, 7) AS c WHERE 10 + (n % 40) * 4 + c <= 200
		UNION ALL SELECT 171 + (n * 7 + c * 11) % 30 FROM generate_series(0, 2) AS c) AS w (c);
CREATE TABLE plain_incumbency (LIKE incumbency INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING IDENTITY);
ALTER TABLE plain_incumbency ADD FOREIGN KEY (employee_id) REFERENCES employee, ADD FOREIGN KEY (post_id) REFERENCES post;
CREATE TABLE plain_assessment (LIKE assessment INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING IDENTITY);
ALTER TABLE plain_assessment ADD FOREIGN KEY (employee_id) REFERENCES employee, ADD FOREIGN KEY (competency_id) REFERENCES competency;
VACUUM ANALYZE;
SQL

# measured STATEMENT: runs it; prints its time, by the clock and in brackets of the processor
measured() {
	sql -At <<-SQL
		SET search_path = big, mutasi, public;
		\set ticks '(SELECT split_part(s, '' '', 14)::numeric + split_part(s, '' '', 15)::numeric FROM pg_read_file(''/proc/self/stat'', 0, 10000, true) AS s)'
		SELECT clock_timestamp() AS began, coalesce(:ticks::text, '') AS before \gset
		$1
		SELECT round(extract(epoch FROM clock_timestamp() - :'began')::numeric, 2) || coalesce(' (' || round((:ticks - nullif(:'before', '')::numeric) / $(getconf CLK_TCK), 2) || ')', '');
	SQL
}
# ratio A B: B by A, by the clock and of the processor
ratio() {
	echo "$1 $2" | tr -d '()' | awk '{ printf "%.2f", $(NF / 2 + 1) / $1; if (NF == 4) printf " (%.2f)", $4 / $2 }'
}
load_average() { echo "load average: $(cut -d ' ' -f 1-3 /proc/loadavg)"; }

echo "people: $people"
load_average
plain=$(measured "INSERT INTO plain_incumbency (employee_id, post_id, valid_from) SELECT n, 1 + n % ($people / 5), date '2015-01-01' + (n % 3000) FROM generate_series(1, $people) AS n;")
checked=$(measured "INSERT INTO incumbency (employee_id, post_id, valid_from) SELECT n, 1 + n % ($people / 5), date '2015-01-01' + (n % 3000) FROM generate_series(1, $people) AS n;")
echo "load $people incumbencies, s: plain table with the same constraints $plain, with seats and shares checked $checked, ratio $(ratio "$plain" "$checked")"
rows=$(sql -At -c 'SELECT count(*) FROM big.new_assessment')
plain=$(measured 'INSERT INTO plain_assessment (employee_id, competency_id, level, assessed_on) SELECT * FROM new_assessment;')
derived=$(measured 'INSERT INTO assessment (employee_id, competency_id, level, assessed_on) SELECT * FROM new_assessment;')
echo "load $rows assessments, s: plain table $plain, with derived profiles $derived, ratio $(ratio "$plain" "$derived")"
sql -c 'DROP TABLE big.plain_incumbency, big.plain_assessment, big.new_assessment' -c 'VACUUM ANALYZE big.incumbency' -c 'VACUUM ANALYZE big.assessment' -c 'VACUUM ANALYZE big.employee'

sql <<-SQL
	\set people $people
	SET search_path = big, mutasi, public;
	INSERT INTO task (task_id, post_id, name, period_months) SELECT n, 1 + n % (:people / 5), 'task ' || n, 1 FROM generate_series(1, :people / 5 * 42) AS n;
	INSERT INTO task_norm (task_id, norm_hours) SELECT n, 0.25 * (1 + n % 8) FROM generate_series(1, :people / 5 * 42) AS n;
	ANALYZE task; ANALYZE task_norm;
SQL
volumes="SELECT n, make_date(extract(year FROM current_date)::int - 1, m, 1), 10 + (n + m) % 12 FROM generate_series(1, $people / 5 * 42) AS n, generate_series(1, 12) AS m"
sql <<-SQL
	SET search_path = big, mutasi, public;
	CREATE TABLE plain_volume (LIKE task_volume INCLUDING CONSTRAINTS INCLUDING INDEXES);
	ALTER TABLE plain_volume ADD FOREIGN KEY (task_id) REFERENCES task;
SQL
plain=$(measured "INSERT INTO plain_volume $volumes WHERE n % 10 = 0;")
loaded=$(measured "INSERT INTO task_volume $volumes;")
echo "load $(sql -At -c 'SELECT count(*) FROM big.task_volume') task volumes with derived hours, s: $loaded; $(sql -At -c 'SELECT count(*) FROM big.plain_volume') into a plain table $plain"
sql -c 'DROP TABLE big.plain_volume' -c 'VACUUM ANALYZE'
echo "figures of all units kept, s: $(measured 'SELECT refresh_units() \g /dev/null')"

# a tenth of the people wait in an open case, as many have moved within the year, by
# twenty plans; thirty plans in all, two indicators of every unit for two years
sql <<-SQL
	\set people $people
	SET search_path = big, mutasi, public;
	INSERT INTO transfer (employee_id, to_post_id, kind, initiative, reason)
		SELECT n * 10, 1 + (n * 50 + 7) % (:people / 5), 'rotation', 'own', 'closer to home' FROM generate_series(1, :people / 10) AS n;
	INSERT INTO transfer_document (transfer_id, code, title) SELECT t.transfer_id, 'D02', 'letter' FROM transfer AS t;
	UPDATE transfer SET state = 'submitted' WHERE transfer_id % 10 > 0;
	INSERT INTO outcome_indicator (indicator, description, higher_is_better) VALUES ('service', 'days until served', false), ('IKM', 'satisfaction index', true);
	INSERT INTO outcome_value (unit_id, indicator, period_start, value)
		SELECT u.unit_id, i, (date_trunc('month', current_date) - make_interval(months => m))::date, 50 + (u.unit_id * 7 + m * 3) % 50
		FROM unit AS u, unnest('{service,IKM}'::text[]) AS i, generate_series(1, 24) AS m;
	INSERT INTO transfer_plan (plan_id, name, goal, period_from, period_to, indicator, baseline, target, evaluation)
		SELECT n, 'plan ' || n, 'balance', current_date - 365, current_date - 180, 'service', 70, 60, 'mean of the units with moves' FROM generate_series(1, 30) AS n;
	BEGIN;
	ALTER TABLE transfer DISABLE TRIGGER USER;
	INSERT INTO transfer (employee_id, from_post_id, to_post_id, kind, initiative, reason, state, plan_id, effective_on, decided_at, rank, score, policy_version, notice_status)
		SELECT n * 10 + 1, 1 + (n * 10 + 1) % (:people / 5), 1 + (n * 70 + 11) % (:people / 5), 'rotation', CASE WHEN n % 3 = 0 THEN 'own' ELSE 'agency' END, 'balance', 'completed', 1 + n % 20,
			current_date - 280 + n % 60, current_date - 300 + n % 60, 1 + n % 5, 0.7, 1, 'given'
		FROM generate_series(1, :people / 10 - 1) AS n WHERE (n * 10 + 1) % (:people / 5) <> (n * 70 + 11) % (:people / 5);
	ALTER TABLE transfer ENABLE TRIGGER USER;
	COMMIT;
	SELECT import_cases('transfer', 'taken over') \g /dev/null
	INSERT INTO transfer_plan_move (plan_id, employee_id, to_post_id, from_post_id) SELECT t.plan_id, t.employee_id, t.to_post_id, t.from_post_id FROM transfer AS t WHERE t.plan_id IS NOT NULL;
	INSERT INTO transfer_plan_move (plan_id, employee_id, to_post_id) SELECT p, e, 1 + (e * 7) % (:people / 5)
		FROM generate_series(21, 30) AS p, generate_series(p * 300, p * 300 + :people / 500) AS e WHERE (e * 7) % (:people / 5) <> e % (:people / 5) AND e <= :people;
SQL
sql -c 'VACUUM ANALYZE'

load_average
# every view there is; of those of many periods the latest
for view in $(sql -At -c "SELECT viewname FROM pg_views WHERE schemaname = 'big' AND viewname <> 'candidate_ranking' ORDER BY viewname"); do
	relation="$view AS v"
	[ "$view" != unit_workload_trend ] || relation="$relation WHERE v.month = (SELECT max(m.month) FROM post_month_load AS m)"
	first=$(measured "SELECT count(*), count(v::text) FROM $relation \\g /dev/null")
	again=$(measured "SELECT count(*), count(v::text) FROM $relation \\g /dev/null")
	echo "view $view, rows $(sql -At -c "SET search_path = big, mutasi, public; SELECT count(*) FROM $relation"), s: first $first, again $again"
done

# many posts at once, as take_ranking_snapshot() does it, and the view on it
sql -c "SET search_path = big, mutasi, public; UPDATE post SET seats = 5 WHERE post_id % 50 > 0"
echo "rankings of $(sql -At -c 'SELECT count(*) FROM big.open_posts() WHERE free >= 1') vacancies, ten people each, s: $(measured 'SELECT take_ranking_snapshot(10) \g /dev/null')"
echo "view candidate_ranking, s: $(measured 'SELECT count(*), count(v::text) FROM candidate_ranking AS v \g /dev/null')"

# what autovacuum, which is off here, would have done long ago
sql -c 'VACUUM ANALYZE big.post'
# candidates() of 60 posts in one session, after three to warm up
sql -At <<-SQL | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p; s/^processor: //p' | tail -n 61 | sort -n | awk '/each/ { cpu = $1; next } { t[++n] = $1 } END { printf "candidates(post, 10), ms: p50 %.0f, p95 %.0f, worst %.0f (%s of processor time each, in the mean)\n", t[int(n / 2)], t[int(n * 0.95)], t[n], cpu }'
	SET search_path = big, mutasi, public;
	\set ticks '(SELECT split_part(s, '' '', 14)::numeric + split_part(s, '' '', 15)::numeric FROM pg_read_file(''/proc/self/stat'', 0, 10000, true) AS s)'
	SELECT string_agg(format('SELECT count(*) FROM candidates(%s, 10);', 1 + n * 317 % ($people / 5)), chr(10)) AS warm FROM generate_series(1, 3) AS n \gset
	SELECT string_agg(format('SELECT count(*) FROM candidates(%s, 10);', 1 + n * 317 % ($people / 5)), chr(10)) AS run FROM generate_series(4, 63) AS n \gset
	:warm
	SELECT coalesce(:ticks, 0) AS before \gset
	\timing on
	:run
	\timing off
	SELECT 'processor: ' || round((:ticks - :before) * 1000 / $(getconf CLK_TCK) / 60, 1) || ' each';
SQL
sql -At <<-SQL | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | tail -n 20 | sort -n | awk '{ t[NR] = $1 } END { printf "opportunities(employee, 10), ms: p50 %.0f, worst %.0f\n", t[int(NR / 2)], t[NR] }'
	SET search_path = big, mutasi, public;
	SELECT string_agg(format('SELECT count(*) FROM opportunities(%s, 10);', 1 + n * 317 % $people), chr(10)) AS run FROM generate_series(1, 23) AS n \gset
	\timing on
	:run
SQL

# a person in the middle and one at the end of the ranking for a post
for place in 0.5 0.99; do
	person=$(sql -At -c "SET search_path = big, mutasi, public; SELECT employee_id FROM scores_for(17) ORDER BY score DESC, employee_id OFFSET (SELECT count(*) * $place FROM employee)::int LIMIT 1")
	echo "rank_of() somebody at $place of the ranking, s: $(measured "SELECT * FROM rank_of($person, 17) \\g /dev/null"), why_not(), s: $(measured "SELECT * FROM why_not($person, 17) \\g /dev/null")"
done
load_average
