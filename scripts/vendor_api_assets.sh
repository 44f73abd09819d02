#!/bin/sh
# Vendor the API documentation's assets: swagger-ui-dist (Apache-2.0), pinned, files as published.
set -eu
VERSION=5.35.0
TARGET="$(cd "$(dirname "$0")/.." && pwd)/api/assets"
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"
npm pack --silent "swagger-ui-dist@$VERSION" >/dev/null
tar xzf "swagger-ui-dist-$VERSION.tgz"
for name in swagger-ui-bundle.js swagger-ui.css favicon-32x32.png swagger-ui-bundle.js.LICENSE.txt; do
  cp "package/$name" "$TARGET/$name"
done
cp package/LICENSE "$TARGET/swagger-ui-LICENSE.txt"
cp package/NOTICE "$TARGET/swagger-ui-NOTICE.txt"
echo "swagger-ui-dist $VERSION -> $TARGET"
