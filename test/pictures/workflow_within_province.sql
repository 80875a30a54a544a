-- The shipped workflow transfer_within_province.
\set workflow transfer_within_province
\set title 'A transfer between agencies of one province'
\set subtitle 'transfer_within_province  ·  PP 11/2017 art. 192, SE BKN 3/2019  ·  D01 … are documents; ? marks one asked for only in some cases'
\ir include/workflow.psql
