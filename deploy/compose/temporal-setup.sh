#!/bin/sh
# Creates Temporal's namespace and the search attributes. Safe to repeat. The server learns about a new namespace with a
# delay of seconds, so both are tried for two minutes.
set -eu

try() {
  tries=0
  until output=$("$@" 2>&1); do
    tries=$((tries + 1))
    if [ "$tries" -ge "${TRIES:-60}" ]; then
      echo "$output" >&2
      exit 1
    fi
    sleep 2
  done
}

namespace() {
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
}

attributes() {
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
    --name Environment --type Keyword --name OrganizationId --type Keyword --name CustomerId --type Keyword \
    --name BillingCustomerId --type Keyword --name Gateway --type Keyword --name Step --type Keyword \
    --name BlockedOn --type Keyword
}

try namespace
try attributes
echo "the namespace $TEMPORAL_NAMESPACE has its search attributes"
