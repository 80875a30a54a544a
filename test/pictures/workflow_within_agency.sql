-- The shipped workflow transfer_within_agency.
\set workflow transfer_within_agency
\set title 'A transfer within one agency'
\set subtitle 'transfer_within_agency  ·  PP 11/2017 art. 191  ·  D01 … are documents; ? marks one asked for only in some cases'
\ir include/workflow.psql
