'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');

/**
 * What the .NET host returns when it has no runtime that serves: FrameworkMissingFailure, 0x80008096, of which Unix keeps eight bits.
 * https://github.com/dotnet/runtime/blob/main/docs/design/features/host-error-codes.md
 */
const noRuntime = [0x80008096, 0x80008096 & 0xff];

/**
 * Runs the program in place of this process: its streams, its exit code, its end by a signal.
 * @param {import('./find').Program} program
 * @param {string[]} args the user's
 * @param {number} couldNotRun the exit code for what goes wrong here
 */
function run(program, args, couldNotRun) {
  const child = spawn(program.file, [...program.before, ...args], { stdio: 'inherit', shell: false });

  // Ctrl-C at a terminal reaches both, and the program takes a second one as an order to end at once. Signals that only we got are handed on.
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const signals = process.platform === 'win32' ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
  const handOn = (signal) => {
    if (process.platform !== 'win32' && !(atTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT'))) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, handOn);

  child.on('error', (mistake) => {
    // A program that is there and "not found" misses its loader: it was built for another C library.
    const why = mistake.code === 'ENOENT' ? 'it was built for another system' : mistake.message;
    process.stderr.write(`releasegate: error: ${program.file} could not be started: ${why}\n`);
    process.exitCode = couldNotRun;
  });

  child.on('exit', (code, signal) => {
    for (const name of signals) process.off(name, handOn);
    if (signal) {
      // What a signal ended must not look like an ordinary end to the shell above. Where the signal cannot end us, its number does.
      process.exitCode = 128 + constants.signals[signal];
      process.kill(process.pid, signal);
    } else if (program.dotnet && noRuntime.includes(code)) {
      process.stderr.write(`releasegate: error: ${program.file} has no runtime that serves. Install the .NET runtime 8 or later, or run 'npm install' without --omit=optional.\n`);
      process.exitCode = couldNotRun;
    } else {
      process.exitCode = code ?? couldNotRun;
    }
  });
}

module.exports = { run };
