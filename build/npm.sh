#!/usr/bin/env bash
# Packs the npm package releasegate and the packages of platforms that it takes where they fit:
#   build/npm.sh [FOLDER [VERSION [PLATFORM...]]]
# FOLDER is artifacts/packages, VERSION that of Directory.Build.props, PLATFORM linux-x64 and win-x64; "none" is no platform at all.
# Any platform of npm/releasegate/lib/platforms.json can be named where the feed has its runtime.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-artifacts/packages}
version=${2:-$(dotnet msbuild src/ReleaseGate.Cli -getProperty:PackageVersion)}
[ $# -gt 2 ] && platforms=("${@:3}") || platforms=(linux-x64 win-x64)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
rm -f "$folder"/releasegate-*.tgz
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# Builds of their own: they run beside others, and what the programs ask for would have the tool compiled anew, and the other way round.
# The analyzers see the same sources when the tests are built.
build=(dotnet publish src/ReleaseGate.Cli -c Release -nologo -v q -p:RunAnalyzers=false -p:PackAsTool=false)
programs=-p:ArtifactsPath="$PWD/artifacts/npm/programs"
tool=-p:ArtifactsPath="$PWD/artifacts/npm/tool"

# The framework's parts come with the runtime, and the whole of it: rules from outside may use any of it, so nothing is trimmed.
# Not compressed: that would save 40 MB on disk, none in the package, and cost 0.4 s in every run.
# Compiled ahead are our own assemblies; a composite of all would be a tenth larger and no faster.
runtime=$(dotnet msbuild src/ReleaseGate.Cli -getProperty:BundledNETCoreAppPackageVersion)
for platform in "${platforms[@]}"; do
  [ "$platform" = none ] && continue
  package="$stage/$platform"
  mkdir -p "$package/bin"
  "${build[@]}" "$programs" -r "$platform" --self-contained -o "$stage/publish-$platform" -p:RuntimeFrameworkVersion="$runtime" -p:DebugType=none \
    -p:PublishSingleFile=true -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=false
  cp "$stage/publish-$platform"/releasegate* "$package/bin/"
  chmod 755 "$package"/bin/*
  cp LICENSE "$package/"
  cache=$(dotnet msbuild src/ReleaseGate.Cli "$programs" -getProperty:NuGetPackageRoot)
  # What the program holds of others asks for their notices.
  cp "$cache/microsoft.netcore.app.runtime.$platform/$runtime/THIRD-PARTY-NOTICES.TXT" "$package/THIRD-PARTY-NOTICES.txt"
  chmod 644 "$package/THIRD-PARTY-NOTICES.txt"
  node build/npm.mjs platform "$package" "$version" "$platform"
  (cd "$package" && npm pack --silent --ignore-scripts --pack-destination "$folder")
done

package="$stage/releasegate"
cp -R npm/releasegate "$package"
cp LICENSE "$package/"
"${build[@]}" "$tool" -o "$package/tool" -p:UseAppHost=false
chmod 644 "$package"/tool/*
node build/npm.mjs wrapper "$package" "$version"
(cd "$package" && npm pack --silent --ignore-scripts --pack-destination "$folder")
