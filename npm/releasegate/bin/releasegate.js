#!/usr/bin/env node
'use strict';

const { find } = require('../lib/find');
const { run } = require('../lib/run');

/** As the program itself has it: 0 passed, 1 blocked, 2 could not run. Whatever goes wrong here must not look like a pass. */
const couldNotRun = 2;

process.on('uncaughtException', (mistake) => {
  process.stderr.write(`releasegate: error: ${mistake.stack}\n`);
  process.exit(couldNotRun);
});

const program = find(process.env, process.platform, process.arch);
if (program.mistake) {
  process.stderr.write(`releasegate: error: ${program.mistake}\n`);
  process.exitCode = couldNotRun;
} else {
  if (program.note) process.stderr.write(`releasegate: ${program.note}\n`);
  run(program, process.argv.slice(2), couldNotRun);
}
