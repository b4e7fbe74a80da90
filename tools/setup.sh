#!/bin/sh
# Installs the Debian packages that are missing, unpacks Boost and fetches the chart library.
# Usage: tools/setup.sh SECTION...   of tools/packages.txt; none means all but bench.
# Costs milliseconds when nothing is missing.
set -eu
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- build run apps test
for section in "$@"; do
  if ! grep -q "^\[$section\]" tools/packages.txt; then
    echo "setup: no section [$section] in tools/packages.txt" >&2
    exit 1
  fi
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "setup: this is not Debian (12 is what is tested): install what tools/packages.txt names" >&2
  exit 1
fi

# Package names of the sections given, one a line.
listed() {
  for section in "$@"; do
    sed -n "/^\[$section\]/,/^\[/{/^[a-z0-9]/p}" tools/packages.txt
  done | while read -r package word command rest; do
    if [ "$word" = unless ] && command -v "$command" >/dev/null; then continue; fi
    echo "$package"
  done
}

wanted=$(listed "$@")
[ -n "$wanted" ] || exit 0
have=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' $wanted 2>/dev/null || true)"
missing=
for package in $wanted; do
  case $have in *" installed:$package "*) ;; *) missing="$missing $package" ;; esac
done

as_root=
if [ "$(id -u)" -ne 0 ]; then
  as_root=sudo
  [ -t 0 ] || as_root="sudo -n"
fi

apt() {
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"
}

update() {
  echo "setup: apt-get update"
  apt update >build/setup.log 2>&1 ||
    echo "setup: apt-get update failed (see build/setup.log): trying with the old lists" >&2
}

mkdir -p build
if [ -n "$missing" ]; then
  if [ -n "$as_root" ] && ! $as_root true 2>/dev/null; then
    echo "setup: packages are missing and installing them needs root or sudo. As root, run:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
  update
  echo "setup: installing$missing"
  if ! apt install -y --no-install-recommends $missing >>build/setup.log 2>&1; then
    tail -n 20 build/setup.log >&2
    echo "setup: apt-get install failed; the whole output is in build/setup.log" >&2
    exit 1
  fi
fi

if ! tools/deps.sh --check; then
  apt-cache show libboost1.81-dev >/dev/null 2>&1 || update
  tools/deps.sh
fi

# The chart library of the twin's reports: building needs no network afterwards.
case " $* " in *" build "*) tools/charts/fetch ;; esac
