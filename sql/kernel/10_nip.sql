-- Type nip: the civil servant's number (nomor induk pegawai).

CREATE TYPE mutasi.nip;
CREATE FUNCTION mutasi.nip_in(cstring) RETURNS mutasi.nip
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_in';
COMMENT ON FUNCTION mutasi.nip_in(cstring) IS 'Text input.';
CREATE FUNCTION mutasi.nip_out(mutasi.nip) RETURNS cstring
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_out';
COMMENT ON FUNCTION mutasi.nip_out(mutasi.nip) IS 'Text output.';
CREATE FUNCTION mutasi.nip_recv(internal) RETURNS mutasi.nip
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_recv';
COMMENT ON FUNCTION mutasi.nip_recv(internal) IS 'Binary input.';
CREATE FUNCTION mutasi.nip_send(mutasi.nip) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_send';
COMMENT ON FUNCTION mutasi.nip_send(mutasi.nip) IS 'Binary output.';
CREATE TYPE mutasi.nip (
	INPUT = mutasi.nip_in, OUTPUT = mutasi.nip_out,
	RECEIVE = mutasi.nip_recv, SEND = mutasi.nip_send,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE mutasi.nip IS 'Civil servant number (nomor induk pegawai, NIP; for PPPK: NI PPPK) of 18 digits: birth date, month of appointment or PPPK code, sex, serial. Checked on input; there is no check digit.';
CREATE FUNCTION mutasi.nip_format(mutasi.nip) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_format';
COMMENT ON FUNCTION mutasi.nip_format(mutasi.nip) IS 'The printed form of a NIP, e.g. 19860926 201505 1 001.';
CREATE FUNCTION mutasi.birth_date(mutasi.nip) RETURNS date
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_birth_date';
COMMENT ON FUNCTION mutasi.birth_date(mutasi.nip) IS 'Birth date in a NIP.';
CREATE FUNCTION mutasi.appointed_on(mutasi.nip) RETURNS date
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_appointed_on';
COMMENT ON FUNCTION mutasi.appointed_on(mutasi.nip) IS 'First day of the month of appointment (TMT CPNS) in the NIP of a PNS; NULL for a PPPK, whose number tells the year only, and where the number does not tell which it is.';
CREATE FUNCTION mutasi.appointed_year(mutasi.nip) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_appointed_year';
COMMENT ON FUNCTION mutasi.appointed_year(mutasi.nip) IS 'Year of appointment in a NIP, of PNS and PPPK alike.';
CREATE FUNCTION mutasi.sex(mutasi.nip) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_sex';
COMMENT ON FUNCTION mutasi.sex(mutasi.nip) IS 'Sex in a NIP: male or female.';
CREATE FUNCTION mutasi.is_pppk(mutasi.nip) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_is_pppk';
COMMENT ON FUNCTION mutasi.is_pppk(mutasi.nip) IS 'Is it the number of a PPPK? By its digits 13 and 14: 01 to 12 is the month of a PNS, 21 and above a PPPK code; NULL between, where the number does not tell.';
CREATE FUNCTION mutasi.nip_lt(mutasi.nip, mutasi.nip) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_lt';
COMMENT ON FUNCTION mutasi.nip_lt(mutasi.nip, mutasi.nip) IS 'Implementation of the < operator.';
CREATE OPERATOR mutasi.< (
	FUNCTION = mutasi.nip_lt, LEFTARG = mutasi.nip, RIGHTARG = mutasi.nip,
	COMMUTATOR = OPERATOR(mutasi.>), NEGATOR = OPERATOR(mutasi.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR mutasi.< (mutasi.nip, mutasi.nip) IS 'is less than (by its digits)';
CREATE FUNCTION mutasi.nip_le(mutasi.nip, mutasi.nip) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_le';
COMMENT ON FUNCTION mutasi.nip_le(mutasi.nip, mutasi.nip) IS 'Implementation of the <= operator.';
CREATE OPERATOR mutasi.<= (
	FUNCTION = mutasi.nip_le, LEFTARG = mutasi.nip, RIGHTARG = mutasi.nip,
	COMMUTATOR = OPERATOR(mutasi.>=), NEGATOR = OPERATOR(mutasi.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR mutasi.<= (mutasi.nip, mutasi.nip) IS 'is less than or equal to (by its digits)';
CREATE FUNCTION mutasi.nip_eq(mutasi.nip, mutasi.nip) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_eq';
COMMENT ON FUNCTION mutasi.nip_eq(mutasi.nip, mutasi.nip) IS 'Implementation of the = operator.';
CREATE OPERATOR mutasi.= (
	FUNCTION = mutasi.nip_eq, LEFTARG = mutasi.nip, RIGHTARG = mutasi.nip,
	COMMUTATOR = OPERATOR(mutasi.=), NEGATOR = OPERATOR(mutasi.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR mutasi.= (mutasi.nip, mutasi.nip) IS 'equals';
CREATE FUNCTION mutasi.nip_ne(mutasi.nip, mutasi.nip) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_ne';
COMMENT ON FUNCTION mutasi.nip_ne(mutasi.nip, mutasi.nip) IS 'Implementation of the <> operator.';
CREATE OPERATOR mutasi.<> (
	FUNCTION = mutasi.nip_ne, LEFTARG = mutasi.nip, RIGHTARG = mutasi.nip,
	COMMUTATOR = OPERATOR(mutasi.<>), NEGATOR = OPERATOR(mutasi.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR mutasi.<> (mutasi.nip, mutasi.nip) IS 'does not equal';
CREATE FUNCTION mutasi.nip_ge(mutasi.nip, mutasi.nip) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_ge';
COMMENT ON FUNCTION mutasi.nip_ge(mutasi.nip, mutasi.nip) IS 'Implementation of the >= operator.';
CREATE OPERATOR mutasi.>= (
	FUNCTION = mutasi.nip_ge, LEFTARG = mutasi.nip, RIGHTARG = mutasi.nip,
	COMMUTATOR = OPERATOR(mutasi.<=), NEGATOR = OPERATOR(mutasi.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR mutasi.>= (mutasi.nip, mutasi.nip) IS 'is greater than or equal to (by its digits)';
CREATE FUNCTION mutasi.nip_gt(mutasi.nip, mutasi.nip) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_gt';
COMMENT ON FUNCTION mutasi.nip_gt(mutasi.nip, mutasi.nip) IS 'Implementation of the > operator.';
CREATE OPERATOR mutasi.> (
	FUNCTION = mutasi.nip_gt, LEFTARG = mutasi.nip, RIGHTARG = mutasi.nip,
	COMMUTATOR = OPERATOR(mutasi.<), NEGATOR = OPERATOR(mutasi.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR mutasi.> (mutasi.nip, mutasi.nip) IS 'is greater than (by its digits)';
CREATE FUNCTION mutasi.nip_cmp(mutasi.nip, mutasi.nip) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_cmp';
COMMENT ON FUNCTION mutasi.nip_cmp(mutasi.nip, mutasi.nip) IS 'Three-way comparison for B-tree: below, at or above zero.';
CREATE FUNCTION mutasi.nip_hash(mutasi.nip) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_hash';
COMMENT ON FUNCTION mutasi.nip_hash(mutasi.nip) IS 'Hash of 32 bits.';
CREATE FUNCTION mutasi.nip_hash_extended(mutasi.nip, bigint) RETURNS bigint
	LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_hash_extended';
COMMENT ON FUNCTION mutasi.nip_hash_extended(mutasi.nip, bigint) IS 'Hash of 64 bits with a seed.';
CREATE FUNCTION mutasi.nip_sortsupport(internal) RETURNS void
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'nip_sortsupport';
COMMENT ON FUNCTION mutasi.nip_sortsupport(internal) IS 'B-tree sort support.';
CREATE OPERATOR CLASS mutasi.nip_ops DEFAULT FOR TYPE mutasi.nip USING btree AS
	OPERATOR 1 mutasi.<, OPERATOR 2 mutasi.<=, OPERATOR 3 mutasi.=, OPERATOR 4 mutasi.>=, OPERATOR 5 mutasi.>,
	FUNCTION 1 mutasi.nip_cmp(mutasi.nip, mutasi.nip),
	FUNCTION 2 mutasi.nip_sortsupport(internal);
COMMENT ON OPERATOR CLASS mutasi.nip_ops USING btree IS 'B-tree order of nip (by its digits).';
COMMENT ON OPERATOR FAMILY mutasi.nip_ops USING btree IS 'B-tree order of nip (by its digits).';
CREATE OPERATOR CLASS mutasi.nip_hash_ops DEFAULT FOR TYPE mutasi.nip USING hash AS
	OPERATOR 1 mutasi.=,
	FUNCTION 1 mutasi.nip_hash(mutasi.nip),
	FUNCTION 2 mutasi.nip_hash_extended(mutasi.nip, bigint);
COMMENT ON OPERATOR CLASS mutasi.nip_hash_ops USING hash IS 'Hashing of nip.';
COMMENT ON OPERATOR FAMILY mutasi.nip_hash_ops USING hash IS 'Hashing of nip.';
