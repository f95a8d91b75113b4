#!/bin/sh
# Installs fusionauth-mcp from a release: the archive for this machine is fetched, its checksum is checked, and the program
# is put into a folder.
#
#   curl -fsSL https://github.com/fusionauth-mcp/fusionauth-mcp/releases/latest/download/install.sh | sh
#   sh install.sh v1.2.3
#
#   BIN_DIR   where to put it (default ~/.local/bin)
#   RELEASES  where the releases are (default https://github.com/fusionauth-mcp/fusionauth-mcp/releases)
set -eu

fail() {
  echo "install: $*" >&2
  exit 1
}

# Everything is in a function, so that a download that breaks off runs nothing.
main() {
  version=${1:-latest}
  releases=${RELEASES:-https://github.com/fusionauth-mcp/fusionauth-mcp/releases}
  bin=${BIN_DIR:-${HOME:?}/.local/bin}
  case $version in
    latest) from=$releases/latest/download ;;
    v[0-9]*) from=$releases/download/$version ;;
    *) fail "$version is no version; expected one such as v1.2.3" ;;
  esac

  case $(uname -s) in
    Linux) system=unknown-linux-musl ;;
    Darwin) system=apple-darwin ;;
    *) fail "there is no archive for $(uname -s); use npx, or winget on Windows" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) target=x86_64-$system ;;
    aarch64 | arm64) target=aarch64-$system ;;
    *) fail "there is no archive for $(uname -m); build it from source" ;;
  esac

  if command -v curl >/dev/null; then
    fetch() { curl -fsSL -o "$2" "$1"; }
  elif command -v wget >/dev/null; then
    fetch() { wget -q -O "$2" "$1"; }
  else
    fail "neither curl nor wget is there"
  fi
  if command -v sha256sum >/dev/null; then
    sum() { sha256sum "$1" | cut -d ' ' -f 1; }
  elif command -v shasum >/dev/null; then
    sum() { shasum -a 256 "$1" | cut -d ' ' -f 1; }
  else
    fail "neither sha256sum nor shasum is there to check what is fetched"
  fi

  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  fetch "$from/SHA256SUMS" "$folder/SHA256SUMS" || fail "cannot fetch $from/SHA256SUMS"
  # The version is in the name of the archive.
  line=$(grep -- "-$target\.tar\.gz\$" "$folder/SHA256SUMS") || fail "$from has no archive for $target"
  archive=${line##* }
  fetch "$from/$archive" "$folder/$archive" || fail "cannot fetch $from/$archive"
  found=$(sum "$folder/$archive")
  [ "$found" = "${line%% *}" ] || fail "$archive is not what was released: its SHA-256 is $found, expected ${line%% *}"

  tar -xzf "$folder/$archive" -C "$folder"
  mkdir -p "$bin"
  # In one step, so that a program that runs is not half replaced.
  cp "$folder/${archive%.tar.gz}/fusionauth-mcp" "$bin/.fusionauth-mcp.new"
  chmod 755 "$bin/.fusionauth-mcp.new"
  mv -f "$bin/.fusionauth-mcp.new" "$bin/fusionauth-mcp"
  echo "installed $("$bin/fusionauth-mcp" --version) as $bin/fusionauth-mcp"
  case :$PATH: in
    *:"$bin":*) ;;
    *) echo "$bin is not on your PATH" ;;
  esac
}

main "$@"
