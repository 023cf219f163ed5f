#!/bin/sh
# Restores a backup into an empty database: `restore.sh FILE`. The connection is in PGHOST, PGUSER, PGPASSWORD and
# PGDATABASE. docs/operations.md#backup-and-restore has the whole procedure.
set -eu

file=${1:-}
if [ ! -r "$file" ]; then
  echo 'usage: restore.sh FILE, a file that backup.sh wrote' >&2
  exit 2
fi
tables=$(psql --no-psqlrc --quiet --tuples-only --no-align --command \
  "select count(*) from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace")
if [ "$tables" != 0 ]; then
  echo "the database $PGDATABASE has $tables tables: restore into an empty one, so that nothing is mixed or lost" >&2
  exit 1
fi
pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname "$PGDATABASE" "$file"
echo "restored $file"
