#!/usr/bin/env bash
# Packs ReleaseGate, ReleaseGate.Tool, ReleaseGate.Core and ReleaseGate.Testing into a folder (artifacts/packages). More arguments go to dotnet pack, e.g. -p:Version=1.2.3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-artifacts/packages}
[ $# -gt 0 ] && shift
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
rm -f "$folder"/*.nupkg
for project in ReleaseGate.Tasks ReleaseGate.Cli ReleaseGate.Core ReleaseGate.Testing; do
  dotnet pack "src/$project" -c Release -o "$folder" -nologo "$@"
done
