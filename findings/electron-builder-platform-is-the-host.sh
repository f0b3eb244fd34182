#!/usr/bin/env bash
# electron-builder: in a pattern of files, ${arch} and ${os} are of the package, ${platform} is of the machine that packs.
#
# Version:     electron-builder 26.17.0
# Most guess:  `!native/!(${platform})/**` keeps the native libraries of the system that is packed for, as ${arch} beside it does
# Seen:        packed on Linux for macOS, the package holds the Linux libraries and none of macOS; exit code 0, and no word. ${os} is
#              the package's, but says mac and win where folders of Node.js packages are called darwin and win32
# Costs:       a release that dies at its first use of a native library, on two systems of three, while the folder that was
#              packed and tried on the machine itself works
# Source:      the manual's page on file macros: ${platform} is "process.platform"; that it stays the host's beside an ${arch}
#              of the target was run here. An app skeleton stands for Electron: what is packed does not depend on it
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
[[ $(uname -s) == Linux ]] || { echo "needs Linux, to pack for another system than its own" >&2; exit 2; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error electron-builder@26.17.0 @electron/asar@3.4.1
app=standin/Electron.app/Contents
bundle() { # FOLDER NAME: an empty app bundle
  mkdir -p "$1/MacOS"; cp /bin/true "$1/MacOS/$2"
  printf '%s' '<?xml version="1.0"?><plist version="1.0"><dict><key>CFBundleExecutable</key><string>'"$2"'</string></dict></plist>' >"$1/Info.plist"
}
bundle "$app" Electron
mkdir -p "$app/Resources"; : >"$app/Resources/electron.icns"; echo 45.0.0 >standin/version
for kind in '' ' (GPU)' ' (Plugin)' ' (Renderer)'; do bundle "$app/Frameworks/Electron Helper$kind.app/Contents" "Electron Helper$kind"; done
mkdir -p toy; cd toy
for system in linux/x64 linux/arm64 darwin/x64 darwin/arm64 mac/arm64; do mkdir -p "native/$system"; echo "$system" >"native/$system/library.txt"; done
echo 'console.log(1)' >main.js
packed() { # MACRO: which of the libraries are in a package for macOS on arm64
  cat >package.json <<JSON
{ "name": "toy", "version": "1.0.0", "description": "d", "author": "a <a@example.org>", "homepage": "https://example.org", "main": "main.js",
  "build": { "appId": "org.example.toy", "electronVersion": "45.0.0", "electronDist": "$work/standin", "npmRebuild": false, "asar": true,
    "files": ["main.js", "package.json", "native/**", "!native/!($1)/**", "!native/$1/!(\${arch})/**"], "mac": { "target": "dir", "identity": null } } }
JSON
  CSC_IDENTITY_AUTO_DISCOVERY=false ../node_modules/.bin/electron-builder --mac dir --arm64 >../log 2>&1 || { head -20 ../log >&2; exit 2; }
  (cd .. && node_modules/.bin/asar list toy/dist/mac-arm64/toy.app/Contents/Resources/app.asar | sed -n 's#/native/\(.*\)/library.txt#\1#p' | sort | tr '\n' ' ')
}
# shellcheck disable=SC2016 -- the macros are electron-builder's
platform=$(packed '${platform}')
# shellcheck disable=SC2016
os=$(packed '${os}')
echo "for macOS on arm64, by \${platform}: ${platform:-nothing}"
echo "for macOS on arm64, by \${os}:       ${os:-nothing}"
if [[ $platform == 'linux/arm64 ' && $os == 'mac/arm64 ' ]]; then echo 'as described'; else echo CHANGED; exit 1; fi
