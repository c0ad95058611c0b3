// Writes package.json for build/npm.sh, so that the version and the platforms stand in one place each.
//   node build/npm.mjs wrapper FOLDER VERSION
//   node build/npm.mjs platform FOLDER VERSION PLATFORM
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [kind, folder, version, id] = process.argv.slice(2);
const here = (path) => new URL(`../npm/${path}`, import.meta.url);
const read = (url) => JSON.parse(readFileSync(url, 'utf8'));
const platforms = read(here('releasegate/lib/platforms.json'));
const wrapper = read(here('releasegate/package.json'));

let manifest;
if (kind === 'wrapper') {
  const names = Object.keys(platforms).map((platform) => `@releasegate/${platform}`);
  manifest = { ...wrapper, version, optionalDependencies: Object.fromEntries(names.map((name) => [name, version])) };
} else {
  const platform = platforms[id];
  if (!platform) throw new Error(`npm/releasegate/lib/platforms.json has no platform ${id}, only ${Object.keys(platforms).join(', ')}`);
  const name = `@releasegate/${id}`;
  manifest = {
    name,
    version,
    description: `The program of releasegate for ${id}.`,
    homepage: wrapper.homepage,
    bugs: wrapper.bugs,
    repository: { ...wrapper.repository, directory: 'npm/platform' },
    license: wrapper.license,
    author: wrapper.author,
    // A program cannot be started out of an archive.
    preferUnplugged: true,
    files: [...readdirSync(join(folder, 'bin')).map((file) => `bin/${file}`), 'THIRD-PARTY-NOTICES.txt'],
    os: [platform.os],
    cpu: [platform.cpu],
    ...(platform.libc && { libc: [platform.libc] }),
    publishConfig: { access: 'public' },
  };
  writeFileSync(join(folder, 'README.md'), readFileSync(here('platform/README.md'), 'utf8').replaceAll('{name}', name).replaceAll('{rid}', id));
}

writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
