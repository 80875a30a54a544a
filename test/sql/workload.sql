-- Staffing functions: what they return for unknown and impossible values
\set SHOW_CONTEXT never
\pset null NULL

-- unknown is NULL, and a row with an unknown value is not summed
SELECT mutasi.staff_required(v, n, e) FROM (VALUES (1, 1, NULL), (1, NULL, 1), (NULL, 1, 1)) AS t (v, n, e);
SELECT mutasi.staff_required(v, n, e) FROM (VALUES (1, 1, NULL), (8, 3, 4), (NULL, 1, 1)) AS t (v, n, e);
SELECT mutasi.staff_required(1, 1, 1) FROM generate_series(1, 0);
SELECT mutasi.teacher_required(1, 1, 1) FROM generate_series(1, 0);
SELECT mutasi.staff_required(1, 1, 0) FILTER (WHERE false) FROM generate_series(1, 3);
-- zero volume and zero norm are known: no work
SELECT mutasi.staff_required(0, 5, 3), mutasi.staff_required(5, 0, 3), mutasi.teacher_required(0, 0, 24);
SELECT mutasi.workload_ratio(NULL, 1), mutasi.workload_ratio(1, NULL), mutasi.workload_ratio(1, 0), mutasi.workload_ratio(0, 0), mutasi.workload_ratio(0, 2);
SELECT mutasi.wisn_ratio(NULL, 1), mutasi.wisn_ratio(1, NULL), mutasi.wisn_ratio(1, 0), mutasi.wisn_ratio(0, 0), mutasi.wisn_ratio(0, 2);
SELECT mutasi.staff_by_output(0, 3), mutasi.staff_by_object(NULL, 3), mutasi.staff_by_equipment(1, NULL);
SELECT mutasi.round_staff(NULL), mutasi.round_staff(1, NULL), mutasi.efficiency_grade(NULL, 'none');
SELECT mutasi.class_groups(0, 32), mutasi.class_groups(32, 32), mutasi.class_groups(33, 32), mutasi.class_groups(0.0001, 0.3), mutasi.class_groups(1e40 + 1, 10);

-- results do not show how values were written, nor trailing zeros
SELECT mutasi.staff_required(v, n, e) FROM (VALUES (1.50, 2.000, 1250.00), (1.5, 2, 1250)) AS t (v, n, e);
SELECT mutasi.workload_ratio(2.2560, 3.000), mutasi.workload_ratio(1, 3), mutasi.workload_ratio(2, 3), mutasi.workload_ratio(1e20, 7), mutasi.workload_ratio(1, 7e20);
-- rounded half up at the eighteenth decimal
SELECT mutasi.workload_ratio(0.0000000000000000005, 1), mutasi.workload_ratio(0.00000000000000000049999, 1);

-- the division behind them: either sign, rounded half away from zero
SELECT mutasi.exact_quotient(-2, 3), mutasi.exact_quotient(2, -3), mutasi.exact_quotient(-6.00, -3.0), mutasi.exact_quotient(-0.0000000000000000005, 1), mutasi.exact_quotient(5, 0), mutasi.exact_quotient(0, -7);
SELECT mutasi.exact_quotient(1e50 + 1, 3e20), mutasi.exact_quotient(1, 1e-50), mutasi.exact_quotient(NULL, 0);
SELECT mutasi.exact_quotient('NaN', 1);
SELECT mutasi.exact_quotient(1, '-Infinity');

-- impossible values
SELECT mutasi.staff_required(-1, 1, 1);
SELECT mutasi.staff_required(1, -0.5, 1);
SELECT mutasi.staff_required(1, 1, -1250);
SELECT mutasi.staff_required(1, 1, 0);
SELECT mutasi.staff_required('NaN', 1, 1);
SELECT mutasi.staff_required(1, 'Infinity', 1);
SELECT mutasi.staff_required(1, 1, '-Infinity');
SELECT mutasi.staff_required(1, 1, 'NaN');
SELECT mutasi.staff_required(-10000000000000000000000000000000000000000000000000000000000000000001, 1, 1);
SELECT mutasi.teacher_required(-4, 3, 24);
SELECT mutasi.teacher_required(4, 3, 0);
SELECT mutasi.workload_ratio(-1, 2);
SELECT mutasi.workload_ratio(1, -2);
SELECT mutasi.workload_ratio('NaN', 2);
SELECT mutasi.wisn_ratio(-1, 2);
SELECT mutasi.wisn_ratio(1, 'Infinity');
SELECT mutasi.staff_by_output(1, 0);
SELECT mutasi.staff_by_object(-1, 5);
SELECT mutasi.staff_by_equipment(20, -5);
SELECT mutasi.wisn_available_time(260, 100, 100, 50, 10, 8);
SELECT mutasi.wisn_available_time(260, -1, 0, 0, 0, 8);
SELECT mutasi.wisn_available_time(260, 1, 0, 0, 0, 0);
SELECT mutasi.wisn_category_factor(1);
SELECT mutasi.wisn_staff(10, 20, 100, 1568);
SELECT mutasi.wisn_staff(10, 0.2, 100, 0);
SELECT mutasi.wisn_staff(10, 0.2, -1, 1568);
SELECT mutasi.health_staff(3.77, 4);
SELECT mutasi.health_staff(3.77, -0.04);
SELECT mutasi.health_staff_2004(3.77, -1);
SELECT mutasi.class_groups(10, 0);
SELECT mutasi.round_staff(-0.5);
SELECT mutasi.round_staff('Infinity', 'ceil');
SELECT mutasi.round_staff(1.7, 'bankers');
SELECT mutasi.round_staff(1.7, 'teacher', 'sideways');
SELECT mutasi.efficiency_grade(-0.01);
SELECT mutasi.efficiency_grade('NaN');
SELECT mutasi.efficiency_grade('Infinity');
SELECT mutasi.efficiency_grade(0.5, 'none');

-- overflow: products beyond 128 bits are summed as numeric, beyond numeric is an error
SELECT mutasi.staff_required(9999999999999999, 9999999999999999e4, 1e20) FROM generate_series(1, 3);
SELECT mutasi.staff_required(v, n, 1) FROM (VALUES (1e300, 1e-300), (1e-200, 1e200), (3, 1e-15)) AS t (v, n);
SELECT mutasi.staff_required(('1e' || 100000)::numeric, ('1e' || 100000)::numeric, 1);
SELECT mutasi.staff_required(('1e-' || 10000)::numeric, ('1.00000000000000000000000001e-' || 10000)::numeric, 1);

SELECT mutasi.staff_required(('1e-' || 10000)::numeric, ('1e-' || 10000)::numeric, 1);

-- an agency's own scheme
BEGIN;
INSERT INTO mutasi.efficiency_band (scheme, min_ratio, grade) VALUES ('kota_x', 0.80, 'cukup'), ('kota_x', 1.20, 'berat');
SELECT mutasi.efficiency_grade(0.795, 'kota_x'), mutasi.efficiency_grade(1.195, 'kota_x');
SELECT mutasi.efficiency_grade(0.794, 'kota_x');
ROLLBACK;
SELECT scheme, min_ratio, grade, label FROM mutasi.efficiency_band WHERE shipped ORDER BY scheme, min_ratio DESC;
