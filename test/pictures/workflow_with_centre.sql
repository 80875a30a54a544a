-- The shipped workflow transfer_with_centre.
\set workflow transfer_with_centre
\set title 'A transfer to, from or between central agencies'
\set subtitle 'transfer_with_centre  ·  PP 11/2017 art. 194-195, SE BKN 3/2019  ·  D01 … are documents; ? marks one asked for only in some cases'
\ir include/workflow.psql
