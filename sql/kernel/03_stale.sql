-- What is derived from rows that the transaction's snapshot does not show.

CREATE FUNCTION mutasi.refuse_stale(relation regclass, key name DEFAULT '', keys integer[] DEFAULT '{}') RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'mutasi_refuse_stale';
COMMENT ON FUNCTION mutasi.refuse_stale(regclass, name, integer[]) IS
	'Fails (40001) where another transaction has committed a change of rows of a table after this transaction''s snapshot was taken: of the rows with one of the keys, or of any where no key is named. For triggers at REPEATABLE READ and SERIALIZABLE that derive something from these rows, once they have locked what they write; does nothing at READ COMMITTED, where they read what is there.';
