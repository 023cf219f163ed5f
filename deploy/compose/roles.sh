#!/bin/sh
# Creates the roles and databases of docker-compose.yml. The superuser's connection is in PGHOST, PGUSER, PGPASSWORD.
set -eu

for name in DATABASE_PASSWORD TEMPORAL_DATABASE_PASSWORD; do
  eval "value=\$$name"
  if [ -z "$value" ]; then
    echo "$name is empty: set it in .env" >&2
    exit 1
  fi
done
# Temporal writes its password into a YAML template without escaping it, and sends a space as a plus.
case $TEMPORAL_DATABASE_PASSWORD in
*[\"\\[:space:]]*)
  echo 'TEMPORAL_DATABASE_PASSWORD must not contain ", \ or spaces: Temporal does not escape them' >&2
  exit 1
  ;;
esac
if ! psql --no-psqlrc --quiet --dbname postgres --command 'select 1' > /dev/null; then
  echo "PostgreSQL rejects the superuser $PGUSER with POSTGRES_PASSWORD. PostgreSQL keeps the password of its first" >&2
  echo "start. If the volume was made by a release before 0.3.0, docs/operations.md#roles-of-the-database says how to" >&2
  echo "move its data." >&2
  exit 1
fi
psql --no-psqlrc --quiet --dbname postgres --file "${ROLES_FILE:-/deploy/roles.sql}" > /dev/null
echo 'the roles and databases are ready'
