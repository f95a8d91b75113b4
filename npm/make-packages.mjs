// Writes the npm packages of a release: one for each platform's binary, and the launcher that picks among them.
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Failure, filesByKey, run } from './command.mjs';

const npmFolder = dirname(fileURLToPath(import.meta.url));
const root = dirname(npmFolder);
const readJson = (file) => JSON.parse(readFileSync(join(npmFolder, file), 'utf8'));

const launcher = readJson('package.json');
const platforms = new Map(
  readJson('platforms.json').map((platform) => [platform.name.slice(launcher.name.length + 1), platform]),
);

const HELP = `Writes the npm packages of a release: one folder for each binary, and one for the launcher.

Usage: node npm/make-packages.mjs --out DIR --binary PLATFORM=PATH [--binary PLATFORM=PATH ...]

  --out DIR               where to write; made if it is not there
  --binary PLATFORM=PATH  a built fusionauth-mcp and the platform it runs on:
                          ${[...platforms.keys()].join(', ')}
  -h, --help              show this

Prints the folder of each package, in the order to publish them: the launcher last.
The version is that of Cargo.toml; npm/package.json and npm/server.json must agree with it.

Exit codes: 0 written, 1 not written, 2 not understood

Example: node npm/make-packages.mjs --out dist --binary linux-x64=target/dist/fusionauth-mcp
`;

run('make-packages', () => {
  const options = parseCommandLine();
  if (options.help) process.stdout.write(HELP);
  else for (const folder of makePackages(options)) console.log(folder);
});

function parseCommandLine() {
  let values;
  try {
    const options = {
      out: { type: 'string' },
      binary: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    };
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new Failure(error.message, 2);
  }
  if (values.help) return values;
  if (!values.out) throw new Failure('--out DIR is missing: where to write the packages', 2);
  if (!values.binary) throw new Failure('--binary PLATFORM=PATH is missing: at least one binary to pack', 2);
  return { out: resolve(values.out), binaries: filesByKey('--binary', values.binary, { key: 'platform', known: [...platforms.keys()], expected: 'a built fusionauth-mcp' }) };
}

function makePackages({ out, binaries }) {
  checkAgreement();
  const names = [...[...binaries.keys()].map((platform) => platforms.get(platform).name), launcher.name];
  const folders = names.map((name) => join(out, name));
  // Nothing is overwritten and nothing old is left in a package.
  const taken = folders.find((folder) => existsSync(folder));
  if (taken) throw new Failure(`${taken} is there already; give --out an empty folder`);
  for (const [platform, path] of binaries) writePlatformPackage(out, platforms.get(platform), path);
  writeLauncherPackage(out);
  return folders;
}

/** A release has one version: whatever states it must state the one of Cargo.toml. */
function checkAgreement() {
  const version = cargoVersion();
  const server = readJson('server.json');
  const stated = [
    ['npm/package.json: version', launcher.version, version],
    ['npm/server.json: version', server.version, version],
    ['npm/server.json: name', server.name, launcher.mcpName],
  ];
  for (const { identifier, version: packaged } of server.packages) {
    stated.push([`npm/server.json: packages: version of ${identifier}`, packaged, version]);
  }
  const pinned = launcher.optionalDependencies;
  for (const { name } of platforms.values()) {
    stated.push([`npm/package.json: optionalDependencies: ${name}`, pinned[name], version]);
  }
  const wrong = stated
    .filter(([, found, expected]) => found !== expected)
    .map(([where, found, expected]) => `\n  ${where} is ${found ?? 'missing'}, expected ${expected}`);
  for (const name of Object.keys(pinned)) {
    if (![...platforms.values()].some((platform) => platform.name === name)) {
      wrong.push(`\n  npm/package.json: optionalDependencies: ${name} is not in npm/platforms.json`);
    }
  }
  if (wrong.length > 0) throw new Failure(`the manifests disagree (Cargo.toml's version is ${version}):${wrong.join('')}`);
}

function cargoVersion() {
  const sections = readFileSync(join(root, 'Cargo.toml'), 'utf8').split(/^(?=\[)/m);
  for (const header of ['[workspace.package]', '[package]']) {
    const section = sections.find((text) => text.startsWith(header)) ?? '';
    const [, version] = /^version\s*=\s*"(.+)"/m.exec(section) ?? [];
    if (version) return version;
  }
  throw new Failure('Cargo.toml: no version = "…" under [workspace.package] or [package]');
}

function writePlatformPackage(out, { name, os, cpu, binary }, path) {
  const { version, license, homepage, bugs, repository } = launcher;
  const folder = join(out, name);
  const packed = join(folder, binary);
  mkdirSync(dirname(packed), { recursive: true });
  copyFileSync(path, packed);
  // Archives and build artifacts lose the bit on their way here.
  chmodSync(packed, 0o755);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const what = `The ${launcher.name} binary for ${os} ${cpu.join('/')}`;
  writeFileSync(
    join(folder, 'README.md'),
    `# ${name}\n\n${what}. Install \`${launcher.name}\`: it brings the right binary.\n\n<${homepage}>\n`,
  );
  const manifest = {
    name,
    version,
    description: what,
    license,
    homepage,
    bugs,
    repository,
    files: [binary],
    os: [os],
    cpu,
    // Yarn Plug'n'Play: a binary cannot run from inside an archive.
    preferUnplugged: true,
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function writeLauncherPackage(out) {
  const folder = join(out, launcher.name);
  for (const file of ['package.json', 'README.md', ...launcher.files]) {
    cpSync(join(npmFolder, file), join(folder, file), { recursive: true });
  }
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}
