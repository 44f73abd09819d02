#!/bin/sh
# Install Chromium and PostgreSQL/PostGIS for the tests, only where root and apt allow.
# Without them the tests that need them skip with the reason; with CI=true they fail.
# Arguments name what else is needed: python3-qgis, npm (both only for `make interop`).
set -u
missing=""
for wanted in "$@"; do
  case "$wanted" in
    python3-qgis) /usr/bin/python3 -c "import qgis.core" 2>/dev/null || missing="$missing python3-qgis" ;;
    npm) command -v npm >/dev/null 2>&1 || missing="$missing npm" ;;
    *) echo "not known: $wanted" >&2; exit 2 ;;
  esac
done
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi "cjk" || missing="$missing fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || missing="$missing postgresql-postgis"
command -v ogrinfo >/dev/null 2>&1 || missing="$missing gdal-bin"
command -v pdftoppm >/dev/null 2>&1 || missing="$missing poppler-utils"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "not installed (needs root and apt):$missing" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null || {
  echo "apt could not install:$missing" >&2
  exit 0
}
