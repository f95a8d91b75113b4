// make-packages.mjs, run in a copy of what it reads.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const READ = [
  'Cargo.toml',
  'LICENSE',
  'npm/README.md',
  'npm/bin',
  'npm/command.mjs',
  'npm/make-packages.mjs',
  'npm/package.json',
  'npm/platforms.json',
  'npm/server.json',
];
const platforms = JSON.parse(readFileSync(join(repository, 'npm/platforms.json'), 'utf8'));

/** A copy of the repository's part that matters, a stand-in for a binary, and a way to run the script on them. */
function copy(t) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'fusionauth-mcp-packages-')));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const path of READ) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(repository, path), join(root, path), { recursive: true });
  }
  writeFileSync(join(root, 'binary'), 'binary', { mode: 0o644 });
  return {
    root,
    replace(path, from, to) {
      const text = readFileSync(join(root, path), 'utf8');
      assert.ok(text.includes(from), `${path} has ${from}`);
      writeFileSync(join(root, path), text.replace(from, to));
    },
    make(...args) {
      return spawnSync(process.execPath, ['npm/make-packages.mjs', ...args], { cwd: root, encoding: 'utf8' });
    },
  };
}

const key = ({ name }) => name.replace('fusionauth-mcp-', '');
const allBinaries = platforms.flatMap((platform) => ['--binary', `${key(platform)}=binary`]);
const version = JSON.parse(readFileSync(join(repository, 'npm/package.json'), 'utf8')).version;

test('a package for each binary, and the launcher last', (t) => {
  const { root, make } = copy(t);
  const { status, stdout, stderr } = make('--out', 'dist', ...allBinaries);
  assert.deepEqual([status, stderr], [0, '']);
  const names = [...platforms.map(({ name }) => name), 'fusionauth-mcp'];
  assert.deepEqual(stdout.trim().split('\n'), names.map((name) => join(root, 'dist', name)));

  for (const { name, os, cpu, binary } of platforms) {
    const folder = join(root, 'dist', name);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    assert.deepEqual([manifest.name, manifest.version, manifest.os, manifest.cpu], [name, version, [os], cpu]);
    assert.equal(manifest.preferUnplugged, true);
    assert.equal(readFileSync(join(folder, binary), 'utf8'), 'binary');
    if (process.platform !== 'win32') assert.equal(statSync(join(folder, binary)).mode & 0o777, 0o755);
    for (const file of ['LICENSE', 'README.md']) assert.ok(existsSync(join(folder, file)), `${name}/${file}`);
  }
  const launcher = ['LICENSE', 'README.md', 'bin/fusionauth-mcp.js', 'package.json', 'platforms.json'];
  for (const file of launcher) assert.ok(existsSync(join(root, 'dist/fusionauth-mcp', file)), file);
});

test('the copied launcher finds what it needs', (t) => {
  const { root, make } = copy(t);
  make('--out', 'dist', '--binary', 'linux-x64=binary');
  const script = join(root, 'dist/fusionauth-mcp/bin/fusionauth-mcp.js');
  const env = { ...process.env, FUSIONAUTH_MCP_BINARY: process.execPath };
  assert.equal(execFileSync(process.execPath, [script, '-p', '1'], { env, encoding: 'utf8' }), '1\n');
});

for (const [path, from, told] of [
  ['Cargo.toml', `version = "${version}"`, `npm/package.json: version is ${version}, expected 9.9.9`],
  ['npm/package.json', `"version": "${version}"`, `npm/package.json: version is 9.9.9, expected ${version}`],
  ['npm/package.json', `linux-x64": "${version}"`, 'optionalDependencies: fusionauth-mcp-linux-x64 is 9.9.9'],
  ['npm/server.json', `"version": "${version}"`, `npm/server.json: version is 9.9.9, expected ${version}`],
]) {
  test(`a version that differs is refused: ${path}: ${from}`, (t) => {
    const { root, replace, make } = copy(t);
    replace(path, from, from.replace(version, '9.9.9'));
    const { status, stderr } = make('--out', 'dist', '--binary', 'linux-x64=binary');
    assert.equal(status, 1);
    assert.ok(stderr.includes(told), stderr);
    assert.ok(!existsSync(join(root, 'dist')));
  });
}

for (const [args, exitCode, told] of [
  [['--binary', 'linux-x64=binary'], 2, '--out DIR is missing'],
  [['--out', 'dist'], 2, '--binary PLATFORM=PATH is missing'],
  [['--out', 'dist', '--binary', 'linux-x64'], 2, '--binary linux-x64: expected PLATFORM=PATH'],
  [['--out', 'dist', '--binary', 'amiga=binary'], 2, 'no platform amiga; expected one of darwin-arm64,'],
  [['--out', 'dist', ...allBinaries, ...allBinaries], 2, 'is given twice'],
  [['--out', 'dist', '--binary', 'linux-x64=nothing'], 1, 'nothing is not a file'],
  [['--out', 'dist', '--binaries'], 2, '--binaries'],
]) {
  test(`refused: ${args.slice(0, 4).join(' ')}`, (t) => {
    const { status, stdout, stderr } = copy(t).make(...args);
    assert.deepEqual([status, stdout], [exitCode, '']);
    assert.ok(stderr.includes(told), stderr);
  });
}

test('nothing is overwritten', (t) => {
  const { make } = copy(t);
  const args = ['--out', 'dist', '--binary', 'linux-x64=binary'];
  assert.equal(make(...args).status, 0);
  const { status, stderr } = make(...args);
  assert.equal(status, 1);
  assert.match(stderr, /is there already; give --out an empty folder/);
});

test('--help teaches', (t) => {
  const { status, stdout } = copy(t).make('--help');
  assert.equal(status, 0);
  for (const platform of platforms) assert.ok(stdout.includes(key(platform)));
});

test('what the registry of MCP servers would refuse', () => {
  const server = JSON.parse(readFileSync(join(repository, 'npm/server.json'), 'utf8'));
  assert.ok(server.description.length <= 100);
  assert.ok(server.title.length <= 100);
  const secret = server.packages[0].environmentVariables.filter(({ isSecret }) => isSecret).map(({ name }) => name);
  assert.deepEqual(secret, ['API_KEY_APIKEYAUTH', 'BEARER_TOKEN_BEARERAUTH']);
});
