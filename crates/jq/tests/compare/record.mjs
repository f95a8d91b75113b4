// What jq 1.7.1 makes of filters.txt on answer.json, one filter a line, as jq-1.7.1.jsonl has it. Fails where that file says
// something else; with --write, writes it.
//
// Usage: node record.mjs [--write]
import { readFileSync, writeFileSync } from 'node:fs';
import jq from 'jq-wasm';

const record = new URL('jq-1.7.1.jsonl', import.meta.url);
const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
const json = read('answer.json');
const filters = read('filters.txt').split('\n').filter((line) => line && !line.startsWith('#'));
const lines = [];
for (const filter of filters) {
  const { stdout, exitCode } = await jq.raw(json, filter, ['-c']);
  lines.push(`${JSON.stringify({ filter, results: stdout.trimEnd(), failed: exitCode !== 0 })}\n`);
}
if (process.argv.includes('--write')) {
  writeFileSync(record, lines.join(''));
} else if (readFileSync(record, 'utf8') !== lines.join('')) {
  console.error(`jq makes something else than ${record.pathname} says; run .ci/jq-compare --write and look at the changes`);
  process.exit(1);
}
console.log(`${lines.length} filters recorded as jq 1.7.1 has them`);
