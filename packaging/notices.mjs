// Prints the licence notices of all crates that are in the binary.
//
// Usage: node packaging/notices.mjs [TARGET]     TARGET is a Rust target; by default that of this machine
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = process.argv[2] ?? /host: (\S+)/.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))[1];
const metadata = JSON.parse(
  execFileSync('cargo', ['metadata', '--format-version', '1', '--locked', '--filter-platform', target], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  }),
);
const packages = new Map(metadata.packages.map((each) => [each.id, each]));
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));

/** The packages that the binary is made of: what is needed only to build or to test is not in it. */
function linked() {
  const found = new Set();
  const open = [metadata.resolve.root];
  while (open.length > 0) {
    const id = open.pop();
    if (found.has(id)) continue;
    found.add(id);
    for (const dependency of nodes.get(id).deps) {
      const isProcMacro = packages.get(dependency.pkg).targets.some(({ kind }) => kind.includes('proc-macro'));
      if (!isProcMacro && dependency.dep_kinds.some(({ kind }) => kind === null)) open.push(dependency.pkg);
    }
  }
  return [...found].map((id) => packages.get(id)).filter(({ source }) => source !== null);
}

const isNotice = (name) => /^(licen[cs]e|copying|notice|unlicense)/i.test(name);
const crates = linked().sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
/** The crates of each text: most share one. */
const texts = new Map();
const without = [];
for (const { name, version, license, manifest_path: manifest, repository } of crates) {
  const folder = dirname(manifest);
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && isNotice(entry.name));
  const label = `${name} ${version} (${license ?? 'see its text'})`;
  if (files.length === 0) without.push(`${label}${repository ? `, ${repository}` : ''}`);
  for (const file of files) {
    const text = readFileSync(join(folder, file.name), 'utf8').replace(/\r\n/g, '\n').trim();
    texts.set(text, [...(texts.get(text) ?? []), label]);
  }
}

const line = '-'.repeat(80);
console.log(`fusionauth-mcp contains these ${crates.length} crates.\n`);
for (const { name, version, license } of crates) console.log(`${name} ${version}: ${license ?? 'see its text'}`);
if (without.length > 0) {
  console.log(`\nThese come without a file of their licence:\n\n${without.join('\n')}`);
}
for (const [text, labels] of texts) console.log(`\n${line}\n${labels.join('\n')}\n\n${text}`);
