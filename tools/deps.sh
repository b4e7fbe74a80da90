#!/bin/sh
# Unpacks Boost 1.81 (headers and static libraries) under build/deps. Debian's libboost1.81-dev
# conflicts with the 1.74 that python3-scipy and others pull in, so it is never installed: apt
# downloads its packages, dpkg-deb unpacks them here. Needs no rights. Does nothing when all is
# there; --check only tells whether it is.
set -eu
cd "$(dirname "$0")/.."

packages="libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libboost-container1.81-dev
  libboost-system1.81-dev libboost-context1.81-dev"
deps="$PWD/build/deps"
stamp="$deps/.unpacked"

wanted=$(echo $packages)
unpacked() { [ -f "$stamp" ] && read -r have <"$stamp" && [ "$have" = "$wanted" ]; }
unpacked && exit 0
[ "${1:-}" = --check ] && exit 1

mkdir -p "$PWD/build"
lock="$PWD/build/.deps.lock"
exec 9>"$lock"
flock 9
unpacked && exit 0

echo "deps: unpacking Boost 1.81 under build/deps"
work=$(mktemp -d "$PWD/build/.deps.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/deb" "$work/tree"
chmod 755 "$work" "$work/deb" "$work/tree"
if ! (cd "$work/deb" && apt-get download -q $packages >"$work/log" 2>&1); then
  cat "$work/log" >&2
  echo "deps: apt-get could not download Boost 1.81: run 'apt-get update' as root first" >&2
  exit 1
fi
for deb in "$work"/deb/*.deb; do
  dpkg-deb -x "$deb" "$work/tree"
done
# The shared libraries' names dangle without their runtime packages: we link the archives only.
find "$work/tree" -name '*.so*' -delete
rm -rf "$work/tree/usr/share"
rm -rf "$deps"
mv "$work/tree" "$deps"
echo "$wanted" >"$stamp"
