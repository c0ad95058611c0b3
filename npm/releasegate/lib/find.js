'use strict';

const fs = require('node:fs');
const path = require('node:path');
const platforms = require('./platforms.json');
const { version } = require('../package.json');

/**
 * @typedef {object} Program what to run, or why nothing can be run
 * @property {string} [file] full path of the program
 * @property {string[]} [before] arguments that come before the user's
 * @property {boolean} [dotnet] whether the .NET host runs it
 * @property {string} [note] what the log must say about the choice
 * @property {string} [mistake] why there is nothing to run, and the next step
 */

/** The .NET tool that this package carries; runs wherever a .NET runtime is installed. */
const tool = path.join(__dirname, '..', 'tool', 'releasegate.dll');

/**
 * Looks for the program: the one that the environment names, the package for this platform, the tool with an installed .NET.
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} os as in process.platform
 * @param {string} cpu as in process.arch
 * @returns {Program}
 */
function find(environment, os, cpu) {
  if (environment.RELEASEGATE_BINARY) return named(environment.RELEASEGATE_BINARY, environment, os);

  const { own, others } = installed(os, cpu);
  if (own) {
    const { name, folder, version: theirs } = own;
    // The gate that runs is the one that was asked for.
    if (theirs !== version) return { mistake: `releasegate ${version} found ${name} ${theirs}. Install both in the same version: npm install releasegate@${version} ${name}@${version}` };
    const file = path.join(folder, 'bin', os === 'win32' ? 'releasegate.exe' : 'releasegate');
    return isProgram(file) ? { file, before: [] } : { mistake: `${name} ${version} is installed without a program in ${file}. Install it again: npm install --force` };
  }

  const host = dotnet(environment, os);
  if (host) return isFile(tool) ? { file: host, before: [tool], dotnet: true } : { mistake: `releasegate ${version} is installed without ${tool}. Install it again: npm install --force` };

  const names = candidates(os, cpu);
  const looked = [
    names.length > 0 ? `the package ${names.join(' or ')} ${version} (${others.length > 0 ? `only ${others.join(', ')} is installed` : 'not installed'})` : `a package for ${os} ${cpu} (there is none)`,
    `'dotnet' in DOTNET_ROOT and on the path (not found)`,
  ];
  const next = names.length > 0
    ? `Run 'npm install' on this machine and without --omit=optional, or install the .NET runtime 8 or later`
    : 'Install the .NET runtime 8 or later';
  return { mistake: `found nothing to run on ${os} ${cpu}: looked for ${looked.join(', and for ')}. ${next}; or set RELEASEGATE_BINARY to a releasegate program.` };
}

/** @returns {Program} */
function named(binary, environment, os) {
  const file = path.resolve(binary);
  const note = `RELEASEGATE_BINARY is set: runs ${file}`;
  if (!isFile(file)) return { mistake: `RELEASEGATE_BINARY names ${file}, which is no file. Set it to a releasegate program or to releasegate.dll, or unset it.` };
  if (path.extname(file).toLowerCase() !== '.dll') {
    return isProgram(file) ? { file, before: [], note } : { mistake: `RELEASEGATE_BINARY names ${file}, which is no program. Set it to a releasegate program or to releasegate.dll, or unset it.` };
  }

  const host = dotnet(environment, os);
  return host ? { file: host, before: [file], dotnet: true, note } : { mistake: `RELEASEGATE_BINARY names ${file}, which needs 'dotnet', and that is neither in DOTNET_ROOT nor on the path. Install the .NET runtime 8 or later.` };
}

/** The packages that would serve here; two where the C library decides. */
function candidates(os, cpu) {
  return Object.keys(platforms).filter((id) => platforms[id].os === os && platforms[id].cpu === cpu).map((id) => `@releasegate/${id}`);
}

/** The platform package that is installed for this machine, and those for other machines. */
function installed(os, cpu) {
  const others = [];
  let own;
  for (const [id, platform] of Object.entries(platforms)) {
    const name = `@releasegate/${id}`;
    let manifest;
    try {
      manifest = require.resolve(`${name}/package.json`);
    } catch (mistake) {
      if (mistake.code === 'MODULE_NOT_FOUND') continue;
      throw mistake;
    }

    if (platform.os === os && platform.cpu === cpu && (!platform.libc || platform.libc === libc())) {
      own = { name, folder: path.dirname(manifest), version: require(manifest).version };
    } else {
      others.push(name);
    }
  }

  return { own, others };
}

/** Node knows its own C library; asked only where a Linux package is installed, for it takes some milliseconds. */
function libc() {
  // Without it the report looks up the names of all connections.
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}

/** The full path of the .NET host, or undefined. Never one of the current folder, where Windows would look first. */
function dotnet(environment, os) {
  const name = os === 'win32' ? 'dotnet.exe' : 'dotnet';
  const folders = [environment.DOTNET_ROOT, ...(environment.PATH ?? environment.Path ?? '').split(path.delimiter)];
  return folders.filter((folder) => folder && path.isAbsolute(folder)).map((folder) => path.join(folder, name)).find(isProgram);
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** An empty or broken file is run as a shell script by the system, which may end well: what ran nothing must not look like a pass. */
function isProgram(file) {
  if (!isFile(file)) return false;
  const head = Buffer.alloc(4);
  const handle = fs.openSync(file, 'r');
  try {
    fs.readSync(handle, head, 0, head.length, 0);
  } finally {
    fs.closeSync(handle);
  }

  // ELF, PE, Mach-O (of one and of several processors), script.
  const start = head.toString('latin1');
  return ['\x7fELF', '\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe'].includes(start) || start.startsWith('MZ') || start.startsWith('#!');
}

module.exports = { find };
