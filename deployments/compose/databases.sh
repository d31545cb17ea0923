#!/bin/sh
# Two databases with an owner each; runs once, when the database's volume is empty.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres \
  --set nightshift="$NIGHTSHIFT_DATABASE_PASSWORD" --set prefect="$PREFECT_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE nightshift LOGIN PASSWORD :'nightshift';
CREATE ROLE prefect LOGIN PASSWORD :'prefect';
CREATE DATABASE nightshift OWNER nightshift;
CREATE DATABASE prefect OWNER prefect;
\connect nightshift
CREATE EXTENSION IF NOT EXISTS vector;
\connect prefect
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SQL
