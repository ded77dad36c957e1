#!/bin/sh
# Installs what Trabecula needs on Debian 12 and builds it in build/. Safe to repeat: what is there already is kept, and
# without missing packages neither the network nor root is needed.
set -eu
cd "$(dirname "$0")"

packages="build-essential ca-certificates cmake git ninja-build pkg-config
  openmpi-bin openssh-client libpetsc-real-dev libslepc-real-dev libopenblas0-pthread
  libhdf5-openmpi-dev libmetis-dev libyaml-dev libjansson-dev libsqlite3-dev libxxhash-dev libnifti-dev
  zlib1g-dev libcmocka-dev"

installed() { dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | sed -n 's/ installed$//p'; }

missing_packages() {
  installed >"$list"
  for package in $packages; do
    grep -qx "$package" "$list" || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "setup.sh: error: packages are missing, and installing them takes root or sudo: $missing" >&2
    exit 2
  fi
}

install_packages() {
  system=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}") || system=unknown
  if [ "$system" != "debian 12" ]; then
    echo "setup.sh: error: it installs packages on Debian 12 only, and this is '$system'." \
      "README.md, 'On other systems and clusters', says how to build here." >&2
    exit 2
  fi
  echo "setup.sh: installing $(echo "$missing" | wc -w) packages with what they need: $missing"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null
  # shellcheck disable=SC2086 # one word a package
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing </dev/null
}

list=$(mktemp)
trap 'rm -f "$list"' EXIT
missing=$(missing_packages | tr '\n' ' ')
[ -z "$missing" ] || install_packages

[ -f build/build.ninja ] || cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release
ninja -C build
echo "setup.sh: built build/trabecula"
