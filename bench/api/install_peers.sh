#!/bin/sh
# Put the peers of the API benchmark on this machine.
# Usage: bench/api/install_peers.sh [FOLDER]     (default var/bench-api)
#   FOLDER/  a virtual environment with tipg and pygeoapi, whose pins differ from ours: run.py --venv FOLDER
#   Debian   PostgreSQL with PostGIS, MapServer, lighttpd and GDAL's commands, where root and apt allow
# and psutil into the environment of PYTHON (default .venv/bin/python), which runs the benchmark.
# A peer that cannot be installed is left out; the benchmark says so and goes on.
set -eu
folder="${1:-var/bench-api}"
python="${PYTHON:-.venv/bin/python}"

"$python" -m pip install --quiet "psutil>=6" || echo "psutil is needed: $python -m pip install psutil" >&2

python3 -m venv "$folder"
for peer in "tipg==1.6.1 uvicorn" \
    "pygeoapi==0.21.0 gunicorn psycopg2-binary sqlalchemy geoalchemy2"; do
    # shellcheck disable=SC2086  # a peer comes with what it needs to run
    "$folder/bin/pip" install --quiet $peer || echo "left out: $peer" >&2
done

packages="postgresql postgresql-15-postgis-3 cgi-mapserver mapserver-bin lighttpd gdal-bin"
if ! command -v apt-get >/dev/null; then
    echo "no apt-get: install PostgreSQL with PostGIS, MapServer, lighttpd and ogr2ogr by hand" >&2
elif [ "$(id -u)" -ne 0 ]; then
    echo "not root: run  apt-get install $packages" >&2
else
    # Where another PostgreSQL is the distribution's own, "postgis" brings the extension for it.
    # shellcheck disable=SC2086
    apt-get install --yes --quiet --no-install-recommends $packages ||
        apt-get install --yes --quiet --no-install-recommends \
            postgresql postgresql-postgis cgi-mapserver mapserver-bin lighttpd gdal-bin ||
        echo "left out: some of $packages" >&2
fi
