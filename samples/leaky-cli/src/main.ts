import { greeting } from './a-greeting.js';

// The unreleased --loud switch.
const loud = process.argv.includes('--loud');
const text: string = greeting(process.argv[2] ?? 'world');
console.log(loud ? text.toUpperCase() : text);
