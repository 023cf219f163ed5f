#!/bin/sh
# Backs up billing_onboarding into BACKUP_FOLDER: `once`, or `nightly` for one each day. The connection is in PGHOST,
# PGUSER, PGPASSWORD and PGDATABASE. Temporal's databases need no backup: the record restarts every run.
set -eu
umask 077

folder=${BACKUP_FOLDER:-/backups}
keep=${BACKUP_KEEP:-14}
case $keep in
'' | *[!0-9]* | 0)
  echo 'BACKUP_KEEP must be a whole number of at least 1' >&2
  exit 1
  ;;
esac

# Writes one backup, checks that it can be read, and removes the oldest beyond BACKUP_KEEP.
once() {
  name="billing_onboarding-$(date -u +%Y%m%dT%H%M%SZ).dump"
  pg_dump --format custom --no-owner --no-privileges --file "$folder/$name.part" || return 1
  pg_restore --list "$folder/$name.part" > /dev/null || return 1
  mv "$folder/$name.part" "$folder/$name" || return 1
  # Names sort by time. Leftovers of an interrupted backup go too.
  find "$folder" -name 'billing_onboarding-*.dump.part' -mmin +60 -delete
  find "$folder" -name 'billing_onboarding-*.dump' | sort -r | tail -n "+$((keep + 1))" | while read -r old; do
    rm -f "$old"
  done
  echo "backup $folder/$name"
}

case ${1:-} in
once) once ;;
nightly)
  while true; do
    if once; then pause=86400; else pause=600; fi
    sleep "$pause"
  done
  ;;
*)
  echo 'usage: backup.sh once | nightly' >&2
  exit 2
  ;;
esac
