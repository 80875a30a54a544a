-- The shipped workflow transfer_between_provinces.
\set workflow transfer_between_provinces
\set title 'A transfer between provinces'
\set subtitle 'transfer_between_provinces  ·  PP 11/2017 art. 193, SE BKN 3/2019  ·  D01 … are documents; ? marks one asked for only in some cases'
\ir include/workflow.psql
