-- Who may use what is in the schema: everybody may see it; what must not be
-- everybody's is revoked where it is created.
GRANT USAGE ON SCHEMA mutasi TO PUBLIC;
