-- Published worked examples of the staffing methods, and the traps in them.
-- Where a source misprints (cuts off intermediate results), the exact value is
-- asserted and the printed one is named in the comment.
BEGIN;
SELECT plan(65);

-- ABK-1: Perbup Lahat, annex III, "Ajudan": 1,250 hours, six tasks, 3 people
CREATE TEMPORARY TABLE ajudan (task integer, hours numeric, volume numeric) ON COMMIT DROP;
INSERT INTO ajudan VALUES (1, 60, 10), (2, 60, 20), (3, 10, 12), (4, 30, 15), (5, 60, 5), (6, 30, 5);
SELECT results_eq(
	'SELECT mutasi.staff_required(volume, hours, 1250) FROM ajudan GROUP BY task ORDER BY task',
	'SELECT unnest(''{0.480,0.960,0.096,0.360,0.240,0.120}''::numeric[])',
	'ABK-1: need of each task');
SELECT is(mutasi.staff_required(volume, hours, 1250), 2.256, 'ABK-1: need of the post') FROM ajudan;
SELECT is(mutasi.round_staff(2.256), 2::numeric, 'ABK-1: rounded need');
SELECT is(3 - mutasi.round_staff(2.256), 1::numeric, 'ABK-1: surplus of one');
SELECT is(mutasi.workload_ratio(2.256, 3), 0.752, 'ABK-1: EJ');
SELECT is(mutasi.efficiency_grade(mutasi.workload_ratio(2.256, 3)), 'C', 'ABK-1: PJ');
-- hours or minutes: only the unit has to be the same
SELECT is(mutasi.staff_required(volume, hours * 60, 75000), 2.256, 'ABK-1 in minutes') FROM ajudan;

-- ABK-2: the approaches by output, object and equipment
SELECT is(mutasi.staff_by_output(500, 100), 5::numeric, 'ABK-2: 500 letters, 100 a person');
SELECT is(mutasi.staff_by_object(150, 50), 3::numeric, 'ABK-2: 150 guests, 50 a person');
SELECT is(mutasi.staff_by_equipment(20, 1), 20::numeric, 'ABK-2: 20 cars, one a driver');
SELECT is(mutasi.staff_by_equipment(20, 5), 4::numeric, 'ABK-2: 20 cars, five a mechanic');

-- ABK-4 (quoted from memory of the annex, arithmetic only): half up
SELECT is(mutasi.round_staff(mutasi.staff_by_output(200, 30)), 7::numeric, '6.67 becomes 7');
SELECT is(mutasi.round_staff(mutasi.staff_by_object(80, 25)), 3::numeric, '3.2 becomes 3');
SELECT is(mutasi.staff_required(1, 408, 300), 1.36, '408 minutes of work in a day of 300');
SELECT is(mutasi.round_staff(1.36), 1::numeric, '1.36 becomes 1');

-- ABK-6: Puskesmas Bawang 1 (its gate row is a judgement and no ratio)
SELECT is(mutasi.staff_by_equipment(2, 1), 2::numeric, 'ABK-6: 2 cars 1:1');
SELECT is(mutasi.staff_by_object(8, 8), 1::numeric, 'ABK-6: 8 villages 8:1');
SELECT is(mutasi.staff_by_object(3, 1), 3::numeric, 'ABK-6: 3 registration posts 1:1');

-- Trap: EJ and WISN point in opposite directions
SELECT is(mutasi.workload_ratio(6, 3), 2::numeric, 'EJ above 1: people are short');
SELECT is(mutasi.wisn_ratio(3, 6), 0.5, 'WISN below 1: people are short');
SELECT is((SELECT count(*) FROM generate_series(1, 50) AS need, generate_series(1, 50) AS staff
	WHERE round(mutasi.workload_ratio(need, staff) * mutasi.wisn_ratio(staff, need), 12) <> 1),
	0::bigint, 'EJ is the reciprocal of WISN');
SELECT is(mutasi.workload_ratio(2.256, 0), NULL, 'EJ with nobody there is unknown');
SELECT is(mutasi.wisn_ratio(0, 2.256), 0::numeric, 'WISN with nobody there is 0');
SELECT is(mutasi.wisn_ratio(3, 0), NULL, 'WISN with nobody required is unknown');

-- Trap: bands are printed with holes; the ratio is rounded half up before banding
SELECT is(mutasi.efficiency_grade(0.895), 'B', '0.895 is 0.90');
SELECT is(mutasi.efficiency_grade(0.8949), 'C', '0.8949 is 0.89');
SELECT is(mutasi.efficiency_grade(0.695), 'C', '0.695 is 0.70');
SELECT is(mutasi.efficiency_grade(0.495), 'D', '0.495 is 0.50');
SELECT is(mutasi.efficiency_grade(0.4949), 'E', '0.4949 is 0.49');
SELECT is(mutasi.efficiency_grade(1.004), 'B', '1.004 is 1.00');
SELECT is(mutasi.efficiency_grade(1.005), 'A', '1.005 is 1.01');
SELECT is(mutasi.efficiency_grade(0), 'E', 'no work at all');
SELECT is(mutasi.efficiency_grade(NULL), NULL, 'nobody there: no grade');
SELECT is((SELECT count(*) FROM generate_series(0, 2000) AS r
	WHERE mutasi.efficiency_grade(r / 1000.0) IS NULL
		OR mutasi.efficiency_grade(r / 1000.0, 'depkeu_2002') IS NULL),
	0::bigint, 'no ratio falls between two bands');
SELECT is(string_agg(mutasi.efficiency_grade(r, 'depkeu_2002'), '' ORDER BY r), 'EDDCCBBA', 'the other scheme has other bands')
FROM unnest('{0.49,0.50,0.65,0.66,0.80,0.81,1.00,1.01}'::numeric[]) AS r;

-- Trap: effective time is a parameter; the published 1,250 hours do not follow
-- from the days and hours printed beside them (235 * 5.5 is 1,292.5)
SELECT isnt(235 * 5.5, 1250::numeric, 'the derivation printed beside 1,250 hours does not give it');
SELECT is(mutasi.staff_required(1, 1250, 1292.5), 0.967117988394584139, 'any effective time can be given');

-- WISN-2: phlebotomists, 15 of 15.53
SELECT is(round(mutasi.wisn_ratio(15, 15.53), 3), 0.966, 'WISN-2: ratio');
SELECT is(15 - 15.53, -0.53, 'WISN-2: difference');
-- WISN-3: psychiatrists of RS Ernaldi Bahar
SELECT is(mutasi.wisn_ratio(3, 6), 0.5, 'WISN-3: ratio');
-- WISN-4: available working time, 312 - (18 + 1 + 10 + 3) days of 7 hours
SELECT is(mutasi.wisn_available_time(312, 18, 1, 10, 3, 7), 1960::numeric, 'WISN-4: 1,960 hours');
-- WISN-5: KMK 81/2004 adds; printed 0.14 + 1.44 ..., cut off, as 1.58138
SELECT is(288 * 6 * 60, 103680, 'WISN-5: minutes a year');
SELECT is(round(mutasi.staff_required(15000, 1, e), 4), r, 'WISN-5: workload over standard ' || e)
FROM (VALUES (103680, 0.1447), (10368, 1.4468)) AS t (e, r) GROUP BY e, r ORDER BY e DESC;
SELECT is(round(mutasi.health_staff_2004(mutasi.staff_required(15000, 1, e), 0.00138), 4), 1.5928, 'WISN-5: exact sum')
FROM (VALUES (103680), (10368)) AS t (e);
SELECT is(mutasi.round_staff(1.5928, 'floor'), 1::numeric, 'WISN-5: rounded down by its source');

-- Trap: the WHO multiplies by 1 / (1 - share), the older Indonesian way adds
SELECT is(mutasi.wisn_category_factor(0.2), 1.25, 'CAF of a fifth');
SELECT is(mutasi.wisn_staff(10, 0.2, 156.8, 1568), 12.6, 'WISN: 10 * 1.25 + 0.1');
SELECT is(mutasi.health_staff_2004(10, 0.2), 10.2, 'KMK 81/2004: 10 + 0.2');

-- WHO rounding
SELECT is(array_agg(mutasi.round_staff(n, 'wisn') ORDER BY n), '{1,1,2,2,2,2,3,3,3,3,4,4,5,5,6}'::numeric[],
	'the WHO''s rounding table')
FROM unnest('{1.0,1.1,1.11,1.9,2.0,2.2,2.21,2.9,3.0,3.3,3.31,4.4,5.0,5.5,5.51}'::numeric[]) AS n;
SELECT is(array_agg(mutasi.round_staff(n, 'wisn') ORDER BY n), '{0,1,2,5,7,9,10,10,11}'::numeric[],
	'between and beyond the printed ranges the same tenth decides')
FROM unnest('{0,0.01,1.95,4.41,6.61,9.9,9.91,10.99,11.5}'::numeric[]) AS n;

-- ABKKES-3: working time
SELECT is(mutasi.wisn_available_time(260, 19, 12, 12, 5, 5.25), 1113::numeric, 'ABKKES-3: five-day week');
SELECT is(mutasi.wisn_available_time(312, 19, 12, 12, 5, 4.375), 1155::numeric, 'ABKKES-3: six-day week');
-- ABKKES-2: medical recorders; printed 3.77, 1.04 and 3.92, each cut off
CREATE TEMPORARY TABLE pmik (volume numeric, minutes numeric) ON COMMIT DROP;
INSERT INTO pmik VALUES (15800, 3), (45000, 5);
SELECT is(round(mutasi.staff_required(volume, minutes, 72000), 4), 3.7833, 'ABKKES-2: JKT') FROM pmik;
SELECT is(round(mutasi.wisn_category_factor(0.04), 5), 1.04167, 'ABKKES-2: STP');
SELECT is(round(mutasi.health_staff(mutasi.staff_required(volume, minutes, 72000), 0.04), 4), 3.9410, 'ABKKES-2: need')
FROM pmik;
SELECT is(mutasi.round_staff(mutasi.health_staff(mutasi.staff_required(volume, minutes, 72000), 0.04)), 4::numeric,
	'ABKKES-2: rounded need') FROM pmik;

-- GURU-1: class groups of a school with 110, 100 and 120 students, 32 a class
SELECT is(sum(mutasi.class_groups(students, 32)), 12::numeric, 'GURU-1: 4 + 4 + 4 class groups')
FROM unnest('{110,100,120}'::numeric[]) AS students;
-- its 12 groups, 4 weekly hours: 48 / 24
SELECT is(mutasi.teacher_required(4, groups, 24), 2::numeric, 'two teachers for 48 hours') FROM unnest('{4,4,4}'::numeric[]) AS groups;
SELECT is(mutasi.teacher_required(5, groups, 24), 2::numeric, '2.5 is rounded down') FROM unnest('{4,4,4}'::numeric[]) AS groups;
SELECT is(mutasi.staff_required(groups, 5, 24), 2.5, 'the need behind it') FROM unnest('{4,4,4}'::numeric[]) AS groups;
-- 40 / 24: the point from which rounding down exceeds 40 hours
SELECT is(array_agg(mutasi.round_staff(n, 'teacher') ORDER BY n), '{0,1,1,1,1,1,2,2,3}'::numeric[], 'teachers, the choice being down')
FROM unnest('{0,0.2,1,1.01,1.66,1.99,2,2.99,3}'::numeric[]) AS n;
SELECT is(array_agg(mutasi.round_staff(n, 'teacher', 'up') ORDER BY n), '{0,1,1,1,1,2,2,2,2,3}'::numeric[], 'teachers, the choice being up')
FROM unnest('{0,0.2,1,1.01,1.66,1.67,1.99,2,2.99,3}'::numeric[]) AS n;
-- GURU, guidance: 25 and 30 students are 4 and 4.8 (5) weekly hours at 150 a teacher
SELECT is(mutasi.staff_required(25, 24, 150), 4::numeric, '25 students: 4 hours');
SELECT is(mutasi.staff_required(30, 24, 150), 4.8, '30 students: 4.8 hours');

SELECT * FROM finish();
ROLLBACK;
