-- Staffing: how many people the work needs. See doc/workload.md for each
-- method's source, formula and worked example.

CREATE FUNCTION mutasi.staff_accum(internal, numeric, numeric, numeric) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_accum';
COMMENT ON FUNCTION mutasi.staff_accum(internal, numeric, numeric, numeric) IS
	'Transition function of staff_required() and teacher_required().';

CREATE FUNCTION mutasi.staff_accum_inv(internal, numeric, numeric, numeric) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_accum_inv';
COMMENT ON FUNCTION mutasi.staff_accum_inv(internal, numeric, numeric, numeric) IS
	'Inverse transition function of staff_required() and teacher_required(), for moving windows.';

CREATE FUNCTION mutasi.staff_combine(internal, internal) RETURNS internal
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_combine';
COMMENT ON FUNCTION mutasi.staff_combine(internal, internal) IS
	'Combine function of staff_required() and teacher_required().';

CREATE FUNCTION mutasi.staff_serialize(internal) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_serialize';
COMMENT ON FUNCTION mutasi.staff_serialize(internal) IS
	'Serialization function of staff_required() and teacher_required().';

CREATE FUNCTION mutasi.staff_deserialize(bytea, internal) RETURNS internal
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_deserialize';
COMMENT ON FUNCTION mutasi.staff_deserialize(bytea, internal) IS
	'Deserialization function of staff_required() and teacher_required().';

CREATE FUNCTION mutasi.staff_final(internal) RETURNS numeric
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_final';
COMMENT ON FUNCTION mutasi.staff_final(internal) IS
	'Final function of staff_required().';

CREATE FUNCTION mutasi.teacher_final(internal) RETURNS numeric
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_teacher_final';
COMMENT ON FUNCTION mutasi.teacher_final(internal) IS
	'Final function of teacher_required().';

CREATE AGGREGATE mutasi.staff_required(volume numeric, norm numeric, effective numeric) (
	SFUNC = mutasi.staff_accum,
	STYPE = internal,
	SSPACE = 128,
	FINALFUNC = mutasi.staff_final,
	COMBINEFUNC = mutasi.staff_combine,
	SERIALFUNC = mutasi.staff_serialize,
	DESERIALFUNC = mutasi.staff_deserialize,
	MSFUNC = mutasi.staff_accum,
	MINVFUNC = mutasi.staff_accum_inv,
	MSTYPE = internal,
	MSSPACE = 128,
	MFINALFUNC = mutasi.staff_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mutasi.staff_required(numeric, numeric, numeric) IS
	'Staff that the work requires, by the approach of tasks (KepMenPAN 75/2004, Permendagri 12/2008): the sum of volume * norm / effective. norm: time for one piece of volume; effective: a person''s effective working time in the period that volume counts, in the same unit of time; it may differ from row to row. Exact: products are summed per effective time and divided at the end, rounded half up once to 18 decimals, without trailing zeros. Rows with a NULL are left out; NULL without rows. Negative volume or norm, effective time not above zero, NaN and infinity are errors (22023).';

CREATE AGGREGATE mutasi.teacher_required(lesson_hours numeric, class_groups numeric, hours_per_teacher numeric) (
	SFUNC = mutasi.staff_accum,
	STYPE = internal,
	SSPACE = 128,
	FINALFUNC = mutasi.teacher_final,
	COMBINEFUNC = mutasi.staff_combine,
	SERIALFUNC = mutasi.staff_serialize,
	DESERIALFUNC = mutasi.staff_deserialize,
	MSFUNC = mutasi.staff_accum,
	MINVFUNC = mutasi.staff_accum_inv,
	MSTYPE = internal,
	MSSPACE = 128,
	MFINALFUNC = mutasi.teacher_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE mutasi.teacher_required(numeric, numeric, numeric) IS
	'Teachers of one subject that a school requires (joint regulation of five ministers, 2011): the sum over grades of weekly lesson hours * class groups / hours per teacher (24 to 40), rounded to whole teachers by round_staff(need, ''teacher'', ''down''). Unrounded, or with the other choice between 1.67 and 1.99: staff_required(class_groups, lesson_hours, hours_per_teacher) and round_staff().';

CREATE FUNCTION mutasi.round_staff(need numeric, rule text DEFAULT 'half_up', teacher_choice text DEFAULT 'down')
	RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_round_staff';
COMMENT ON FUNCTION mutasi.round_staff(numeric, text, text) IS
	'Rounds a need to whole people. rule: half_up (practice of ABK), ceil, floor, wisn (WHO: up to a tenth more than n people''s work is done by n, beyond that by n + 1), teacher (joint regulation 2011, on the need rounded to two decimals: below 1 is 1, 1.67 to 1.99 as teacher_choice says, down or up, else down). need must be 0 or more.';

CREATE FUNCTION mutasi.workload_ratio(required numeric, existing numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_workload_ratio';
COMMENT ON FUNCTION mutasi.workload_ratio(numeric, numeric) IS
	'Required / existing staff: EJ of a post, EU of a unit (Permendagri 12/2008). ABOVE 1 means too few people. NULL where nobody is there. The other direction is wisn_ratio().';

CREATE FUNCTION mutasi.wisn_ratio(existing numeric, required numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_wisn_ratio';
COMMENT ON FUNCTION mutasi.wisn_ratio(numeric, numeric) IS
	'Existing / required staff (WHO WISN). BELOW 1 means too few people, 0 that nobody is there. NULL where nobody is required. The other direction is workload_ratio().';

CREATE FUNCTION mutasi.staff_by_output(volume numeric, per_person numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_by_output';
COMMENT ON FUNCTION mutasi.staff_by_output(numeric, numeric) IS
	'Staff by output (KepMenPAN 75/2004, hasil kerja): volume of output / output of one person in the same time.';

CREATE FUNCTION mutasi.staff_by_object(objects numeric, per_person numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_by_object';
COMMENT ON FUNCTION mutasi.staff_by_object(numeric, numeric) IS
	'Staff by object (KepMenPAN 75/2004, objek kerja): objects or people served / how many of them one person serves.';

CREATE FUNCTION mutasi.staff_by_equipment(units numeric, per_person numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_staff_by_equipment';
COMMENT ON FUNCTION mutasi.staff_by_equipment(numeric, numeric) IS
	'Staff by equipment (KepMenPAN 75/2004, peralatan kerja): pieces of equipment / pieces that one person works (RPK).';

CREATE FUNCTION mutasi.wisn_available_time(possible_days numeric, public_holidays numeric, annual_leave numeric,
		sick_leave numeric, other_absence numeric, hours_per_day numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_wisn_available_time';
COMMENT ON FUNCTION mutasi.wisn_available_time(numeric, numeric, numeric, numeric, numeric, numeric) IS
	'Available working time in hours a year (WHO WISN; also ABK-Kes): (possible days - (public holidays + annual leave + sick leave + other absence and training)) * hours per day.';

CREATE FUNCTION mutasi.wisn_category_factor(category_share numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_wisn_category_factor';
COMMENT ON FUNCTION mutasi.wisn_category_factor(numeric) IS
	'Category allowance factor (WHO WISN CAF; ABK-Kes STP): 1 / (1 - share), share being the fraction of working time that support activities take.';

CREATE FUNCTION mutasi.wisn_staff(basic numeric, category_share numeric, individual_time numeric, available_time numeric)
	RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_wisn_staff';
COMMENT ON FUNCTION mutasi.wisn_staff(numeric, numeric, numeric, numeric) IS
	'Required staff (WHO WISN): basic * CAF + IAF. basic: staff for the health service activities, staff_required(workload, service_time, available_time); category_share: fraction of working time for support activities that all do, CAF = 1 / (1 - share), 1 or more is an error; individual_time: hours a year of activities that some do, all persons together, IAF = individual_time / available_time.';

CREATE FUNCTION mutasi.health_staff(basic numeric, support_share numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_health_staff';
COMMENT ON FUNCTION mutasi.health_staff(numeric, numeric) IS
	'Required health staff (ABK-Kes, Permenkes 33/2015): JKT * STP. basic: JKT, staff_required(output, norm, available time); support_share: FTP as a fraction (0.04 for 4 percent), STP = 1 / (1 - FTP). MULTIPLIES; the older additive way is health_staff_2004().';

CREATE FUNCTION mutasi.health_staff_2004(basic numeric, allowance numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_health_staff_2004';
COMMENT ON FUNCTION mutasi.health_staff_2004(numeric, numeric) IS
	'Required health staff by the older KMK 81/2004: basic + allowance (standar kelonggaran). ADDS; the way in force, ABK-Kes, multiplies: health_staff().';

CREATE FUNCTION mutasi.class_groups(students numeric, size numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_class_groups';
COMMENT ON FUNCTION mutasi.class_groups(numeric, numeric) IS
	'Class groups (rombongan belajar) of one grade: students / class size, rounded up.';

CREATE FUNCTION mutasi.exact_quotient(dividend numeric, divisor numeric) RETURNS numeric
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'mutasi_exact_quotient';
COMMENT ON FUNCTION mutasi.exact_quotient(numeric, numeric) IS
	'dividend / divisor rounded once, half away from zero, to 18 decimals, without trailing zeros: a function of the two values alone, while the scale of PostgreSQL''s own quotient depends on how they are written. NULL where the divisor is 0. The division behind all staffing functions.';
