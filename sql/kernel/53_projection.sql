-- Volumes over time: the usual band of a series, whether a period leaves it,
-- and what the coming periods will bring. A series is an array in the order of
-- time, one element a period, NULL where the volume is not known; make it with
-- array_agg(volume ORDER BY period), as a window for every period if need be.

CREATE FUNCTION mutasi.usual_band(history numeric[], rule text DEFAULT 'tukey', factor numeric DEFAULT NULL,
		OUT observations integer, OUT center numeric, OUT spread numeric, OUT lower numeric, OUT upper numeric)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known numeric[];
	ranges numeric[];
	quartiles numeric[];
	doubled numeric;
BEGIN
	IF rule IS NULL OR rule NOT IN ('tukey', 'individuals') THEN
		PERFORM mutasi.raise_error('22023', 'unrecognized rule of a usual band: "%1"', ARRAY[rule],
			hint => 'Rules are "tukey" and "individuals".');
	END IF;
	IF factor <= 0 OR factor >= 'Infinity' THEN
		PERFORM mutasi.raise_error('22023', 'the factor of a usual band must be above zero, not %1', ARRAY[factor::text],
			hint => 'Usual factors are 1.5 for "tukey" and 3 for "individuals"; a larger one flags less.');
	END IF;
	IF 'NaN' = ANY (history) OR 'Infinity' = ANY (history) OR '-Infinity' = ANY (history) THEN
		PERFORM mutasi.raise_error('22023', 'a series must hold finite numbers', '{}',
			hint => 'Give NULL for what is not known.');
	END IF;

	IF rule = 'tukey' THEN
		factor := coalesce(factor, 1.5);
		known := ARRAY(SELECT h FROM unnest(history) AS h WHERE h IS NOT NULL ORDER BY h);
		observations := cardinality(known);
		IF observations < 3 THEN
			RETURN;
		END IF;
		-- the q-th quartile is the observation in place q * (n + 1) / 4, or the
		-- point between two of them in that proportion
		quartiles := ARRAY(
			SELECT known[place / 4] + CASE WHEN place % 4 = 0 THEN 0
				ELSE (known[place / 4 + 1] - known[place / 4]) * (place % 4) * 0.25 END
			FROM generate_series(observations + 1, 3 * (observations + 1), observations + 1) AS place
			ORDER BY place);
		center := quartiles[2];
		spread := quartiles[3] - quartiles[1];
		lower := quartiles[1] - factor * spread;
		upper := quartiles[3] + factor * spread;
	ELSE
		factor := coalesce(factor, 3);
		known := array_remove(history, NULL);
		observations := coalesce(cardinality(known), 0);
		-- a range is known where two neighbouring periods are
		ranges := ARRAY(SELECT abs(history[i] - history[i - 1])
			FROM generate_series(array_lower(history, 1) + 1, array_upper(history, 1)) AS i
			WHERE history[i] IS NOT NULL AND history[i - 1] IS NOT NULL);
		IF observations < 3 OR cardinality(ranges) < 2 THEN
			RETURN;
		END IF;
		SELECT sum(k) INTO doubled FROM unnest(known) AS k;
		center := mutasi.exact_quotient(doubled, observations);
		SELECT sum(r) INTO spread FROM unnest(ranges) AS r;
		-- mean +- factor * (mean range / 1.128), each over one denominator
		upper := mutasi.exact_quotient(doubled * cardinality(ranges) * 1.128 + factor * spread * observations,
			observations * cardinality(ranges) * 1.128);
		lower := mutasi.exact_quotient(doubled * cardinality(ranges) * 1.128 - factor * spread * observations,
			observations * cardinality(ranges) * 1.128);
		spread := mutasi.exact_quotient(spread, cardinality(ranges));
	END IF;
	center := trim_scale(center);
	spread := trim_scale(spread);
	lower := trim_scale(lower);
	upper := trim_scale(upper);
END
$$;
COMMENT ON FUNCTION mutasi.usual_band(numeric[], text, numeric) IS
	'Between which figures the values of a series usually lie. rule "tukey" (Tukey 1977; NIST/SEMATECH e-Handbook 7.1.6): first quartile - factor * spread to third quartile + factor * spread, spread being the distance of the quartiles, taken in place q(n + 1)/4; factor 1.5 (3 for extreme values only); center: the median. rule "individuals" (Shewhart; e-Handbook 6.3.2.2): mean -+ factor * mean moving range / 1.128; factor 3 (sigmas); center: the mean; spread: the mean moving range. NULLs are left out. With fewer than 3 known values (tukey) or 2 moving ranges (individuals) only observations is returned. Exact decimals.';

CREATE FUNCTION mutasi.volume_surge(series numeric[], season integer DEFAULT 12, rule text DEFAULT 'tukey',
		factor numeric DEFAULT NULL, min_observations integer DEFAULT 8,
		OUT verdict text, OUT volume numeric, OUT expected numeric, OUT lower numeric, OUT upper numeric,
		OUT observations integer, OUT basis text)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	first integer := array_lower(series, 1);
	last integer := array_upper(series, 1);
	reference numeric;
	band record;
BEGIN
	IF season IS NULL OR season < 1 THEN
		PERFORM mutasi.raise_error('22023', 'a season must be 1 period or longer, not %1', ARRAY[season::text],
			hint => 'Give 12 for months, 4 for quarters, 1 for a series without seasons.');
	END IF;
	IF min_observations IS NULL OR min_observations < 3 THEN
		PERFORM mutasi.raise_error('22023', 'min_observations must be 3 or more, not %1', ARRAY[min_observations::text]);
	END IF;
	observations := 0;
	volume := series[last];

	-- with a season: how much the period differs from the same one a season ago,
	-- against how much the periods before it did
	IF season > 1 AND last - season >= first THEN
		reference := series[last - season];
		SELECT b.* INTO band FROM mutasi.usual_band(
			ARRAY(SELECT series[i] - series[i - season] FROM generate_series(first + season, last - 1) AS i ORDER BY i),
			rule, factor) AS b;
		IF reference IS NOT NULL AND band.upper IS NOT NULL AND band.observations >= min_observations THEN
			basis := 'season';
		END IF;
	END IF;
	IF basis IS NULL THEN
		reference := 0;
		SELECT b.* INTO band FROM mutasi.usual_band(series[first:last - 1], rule, factor) AS b;
		IF band.upper IS NOT NULL AND band.observations >= min_observations THEN
			basis := 'level';
		END IF;
	END IF;
	observations := coalesce(band.observations, 0);
	IF basis IS NULL THEN
		RETURN;
	END IF;
	expected := reference + band.center;
	lower := reference + band.lower;
	upper := reference + band.upper;
	verdict := CASE WHEN volume > upper THEN 'surge' WHEN volume < lower THEN 'drop' WHEN volume IS NOT NULL THEN 'usual' END;
END
$$;
COMMENT ON FUNCTION mutasi.volume_surge(numeric[], integer, text, numeric, integer) IS
	'Whether the last value of a series leaves its usual band, with the figures that say so. Where a season earlier is known and at least min_observations earlier changes from season to season are, these changes make the band (basis "season": a rise that comes every year is no surge); else the earlier values themselves (basis "level"). verdict: surge (above upper), drop (below lower), usual; NULL where the value or the band is not known. rule and factor: see usual_band(). For every period: volume_surge(array_agg(volume) OVER (PARTITION BY … ORDER BY period)).';

CREATE FUNCTION mutasi.project_volume(series numeric[], ahead integer DEFAULT 12, season integer DEFAULT 12)
	RETURNS TABLE (step integer, volume numeric, method text, slope numeric, residual numeric, observations integer)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 12
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	periods integer := coalesce(cardinality(series), 0);
	offset_ integer := coalesce(array_lower(series, 1), 1) - 1;
	-- per place in the season: how many values are known, sums of time and value
	counts integer[];
	times numeric[];
	sums numeric[];
	common numeric := 1;		-- a common multiple of the counts
	total integer;
	sum_tt numeric;
	sum_ty numeric;
	sum_yy numeric;
	rise numeric;				-- slope = rise / run
	run numeric;
	squares numeric;
	c integer;
	place integer;
	known numeric;
BEGIN
	IF season IS NULL OR season < 1 THEN
		PERFORM mutasi.raise_error('22023', 'a season must be 1 period or longer, not %1', ARRAY[season::text],
			hint => 'Give 12 for months, 4 for quarters, 1 for a series without seasons.');
	END IF;
	IF ahead IS NULL OR ahead < 0 OR ahead > 1200 THEN
		PERFORM mutasi.raise_error('22023', 'cannot project %1 periods ahead', ARRAY[ahead::text],
			hint => 'Give 0 to 1200 periods.');
	END IF;
	IF 'NaN' = ANY (series) OR 'Infinity' = ANY (series) OR '-Infinity' = ANY (series) THEN
		PERFORM mutasi.raise_error('22023', 'a series must hold finite numbers', '{}',
			hint => 'Give NULL for what is not known.');
	END IF;

	-- loops, because a query for a few dozen numbers costs more to start than to run
	total := 0;
	sum_tt := 0;
	sum_ty := 0;
	sum_yy := 0;
	counts := array_fill(0, ARRAY[least(season, periods + 1)]);
	times := array_fill(0::numeric, ARRAY[least(season, periods + 1)]);
	sums := times;
	FOR i IN 1 .. periods LOOP
		known := series[i + offset_];
		IF known IS NOT NULL THEN
			place := 1 + (i - 1) % season;
			total := total + 1;
			counts[place] := counts[place] + 1;
			times[place] := times[place] + i;
			sums[place] := sums[place] + known;
			sum_tt := sum_tt + i::numeric * i;
			sum_ty := sum_ty + known * i;
			sum_yy := sum_yy + known * known;
		END IF;
	END LOOP;
	observations := total;

	IF 2 > ANY (counts) THEN
		-- fewer than two seasons: a slope would be the season's own shape
		SELECT mutasi.exact_quotient(sum(series[i + offset_]), count(series[i + offset_])) INTO volume
		FROM generate_series(greatest(1, periods - season + 1), periods) AS i;
		method := CASE WHEN volume IS NOT NULL THEN 'level' END;
		FOR s IN 1 .. ahead LOOP
			step := s;
			RETURN NEXT;
		END LOOP;
		RETURN;
	END IF;

	-- Least squares of value = level of the place in the season + slope * time.
	-- Taking each place's means out leaves the slope alone:
	--   slope = (sum ty - sum over places T Y / n) / (sum tt - sum over places T T / n)
	-- times a common multiple of the n, so that both are exact.
	-- the n differ by one at most unless values are unknown
	FOREACH c IN ARRAY counts LOOP
		IF common % c <> 0 THEN
			common := lcm(common, c::numeric);
		END IF;
	END LOOP;
	rise := common * sum_ty;
	run := common * sum_tt;
	squares := common * sum_yy;
	FOR p IN 1 .. season LOOP
		c := counts[p];
		rise := rise - div(common, c) * times[p] * sums[p];
		run := run - div(common, c) * times[p] * times[p];
		squares := squares - div(common, c) * sums[p] * sums[p];
	END LOOP;
	slope := mutasi.exact_quotient(rise, run);
	method := CASE WHEN season = 1 THEN 'trend' ELSE 'trend and season' END;
	IF total > season + 1 THEN
		-- the squares that the slope leaves unexplained
		residual := trim_scale(round(sqrt(greatest(squares * run - rise * rise, 0) / (common * run * (total - season - 1))), 6));
	END IF;
	FOR s IN 1 .. ahead LOOP
		step := s;
		place := 1 + (periods + s - 1) % season;
		volume := greatest(0, mutasi.exact_quotient(
			sums[place] * run + rise * ((periods + s) * counts[place] - times[place]),
			counts[place] * run));
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION mutasi.project_volume(numeric[], integer, integer) IS
	'Projects a series so many periods ahead: least squares of a straight trend and a level of its own for every place in the season (12 for months, 4 for quarters, 1: trend alone), which needs two known values in every place; with fewer the mean of the last season is carried on (method "level"). Never below 0. slope: change per period; residual: standard deviation of what trend and season leave unexplained; NULLs are left out. Exact decimals, the same slope that regr_slope() gives on values and times less their seasonal means.';
