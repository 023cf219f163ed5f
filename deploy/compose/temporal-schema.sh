#!/bin/sh
# Creates and updates the schemas of Temporal's databases, which exist already. Safe to repeat.
set -eu

tool() { temporal-sql-tool --plugin postgres12 --ep "$SQL_HOST" --port "$SQL_PORT" --user "$SQL_USER" "$@"; }

for each in temporal/temporal temporal_visibility/visibility; do
  database=${each%/*}
  schema=${each#*/}
  # Does nothing if the schema has a version.
  tool --db "$database" setup-schema -v 0.0
  tool --db "$database" update-schema --schema-name "postgresql/v12/$schema"
done
