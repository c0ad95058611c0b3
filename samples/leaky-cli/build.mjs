// A bundler in thirty lines: joins the sources into dist/cli.js and, like its big sisters, writes a source map beside it
// that holds every source file whole. "files": ["dist"] then publishes both.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const sources = readdirSync(join(root, 'src')).filter(name => name.endsWith('.ts')).sort();
const sourcesContent = sources.map(name => readFileSync(join(root, 'src', name), 'utf8'));

// Enough for the two files in src: comments, type annotations and modules fall away.
const compile = text => text
  .replace(/^\s*\/\/.*$/gm, '')
  .replace(/^import .*$/gm, '')
  .replace(/^export /gm, '')
  .replace(/: (string|number|void)\b/g, '')
  .replace(/\n\s*\n/g, '\n')
  .trim();

const code = ['#!/usr/bin/env node', ...sourcesContent.map(compile)].join('\n');
// One segment a line, all pointing at the first source's first line: valid, if not of much use.
const mappings = code.split('\n').map((_, line) => line === 0 ? '' : 'AAAA').join(';');

mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(join(root, 'dist', 'cli.js'), `${code}\n//# sourceMappingURL=cli.js.map\n`);
writeFileSync(join(root, 'dist', 'cli.js.map'), JSON.stringify({
  version: 3, file: 'cli.js', sources: sources.map(name => `../src/${name}`), sourcesContent, names: [], mappings,
}));
