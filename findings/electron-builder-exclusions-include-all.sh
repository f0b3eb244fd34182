#!/usr/bin/env bash
# electron-builder: adding one exclusion for one system packs everything that the common list left out.
#
# Version:     electron-builder 26.17.0
# Most guess:  `files: [dist/**]` and `linux: { files: ['!**/*.map'] }` together pack what `files` names, less the maps
# Seen:        the list of the system is a list of its own; because it holds no positive pattern, `**/*` is put in front of it.
#              Sources, tests, and whatever lies in the folder go into the archive, with no word and exit code 0.
#              The same exclusion in the common list does what it says
# Costs:       a release that contains the project's private files
# Source:      the manual's chapter on application contents says that a list of only exclusions gets **/* in front; that this
#              happens per system, and so undoes the common list, was run here. A file named `electron` stands for the program:
#              what is packed does not depend on it
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error electron-builder@26.17.0 @electron/asar@3.4.1
mkdir -p standin/locales standin/resources
cp /bin/true standin/electron; echo 45.0.0 >standin/version
pack() { # NAME COMMON LINUX: prints the archive's files
  mkdir -p "$1/lib" "$1/src"
  echo 'console.log(1)' >"$1/lib/main.js"; echo '{}' >"$1/lib/main.js.map"; echo 'secret' >"$1/src/private.txt"
  cat >"$1/package.json" <<JSON
{ "name": "toy", "version": "1.0.0", "description": "d", "author": "a <a@example.org>", "homepage": "https://example.org", "main": "lib/main.js",
  "build": { "appId": "org.example.toy", "electronVersion": "45.0.0", "electronDist": "$work/standin", "npmRebuild": false,
    "files": $2, "linux": { "target": "dir", "category": "Utility"$3 } } }
JSON
  (cd "$1" && CSC_IDENTITY_AUTO_DISCOVERY=false ../node_modules/.bin/electron-builder --linux dir >../"$1".log 2>&1) || { head -20 "$1.log" >&2; exit 2; }
  node_modules/.bin/asar list "$1"/dist/linux*unpacked/resources/app.asar | sort | tr '\n' ' '
}
common=$(pack common '["lib/main.js*", "package.json", "!**/*.map"]' '')
per_system=$(pack system '["lib/main.js*", "package.json"]' ', "files": ["!**/*.map"]')
echo "exclusion in the common list:   $common"
echo "exclusion in the system's list: $per_system"
if [[ $common != *private* && $common != *.map* && $per_system == *private* ]]; then echo 'as described'; else echo CHANGED; exit 1; fi
