#!/usr/bin/env bash
# Checks the packages in a folder (artifacts/packages), those of npm too where they were packed, with the command line out of the packages themselves and releasegate.json of this repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-artifacts/packages}
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
version=$(cd "$folder" && ls ReleaseGate.Tool.*.nupkg | sed 's/^ReleaseGate\.Tool\.\(.*\)\.nupkg$/\1/')
dotnet tool install ReleaseGate.Tool --version "$version" --tool-path "$tool" --source "$(cd "$folder" && pwd)" --no-cache > /dev/null
shopt -s nullglob
dotnet "$(find "$tool" -name releasegate.dll | head -1)" check "$folder/ReleaseGate.$version.nupkg" "$folder/ReleaseGate.Tool.$version.nupkg" "$folder/ReleaseGate.Core.$version.nupkg" "$folder/ReleaseGate.Testing.$version.nupkg" "$folder"/releasegate-*.tgz --manifest releasegate.json
