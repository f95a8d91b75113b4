// The launcher as it is packed, in a node_modules folder of its own, in front of a fake binary.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const npmFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const platforms = JSON.parse(readFileSync(join(npmFolder, 'platforms.json'), 'utf8'));
// Fails what would otherwise wait forever. Nothing passes or fails by how long it took.
const HANG_GUARD_MS = 120_000;
const posix = { skip: process.platform === 'win32' && 'a script cannot stand in for an .exe' };

// Says who it is, then does what its first argument says. Ends with stdin, so that nothing outlives a failed test.
const FAKE_BINARY = `#!/usr/bin/env node
const [what, ...args] = process.argv.slice(2);
const end = () => process.stdin.resume().on('end', () => process.exit(99));
if (what === 'echo') process.stdin.pipe(process.stdout), process.stderr.write('noted');
if (what === 'who') console.log(JSON.stringify({ file: __filename, args }));
if (what === 'exit') process.exit(Number(args[0]));
if (what === 'crash') process.kill(process.pid, 'SIGKILL');
if (what === 'wait') end(), console.log('ready');
if (what === 'catch') end(), process.on(args[0], () => process.exit(7)), console.log('ready');
`;

/** A temporary node_modules folder with the launcher and the named platform packages. */
function install(t, ...packages) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fusionauth-mcp-launcher-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const modules = join(folder, 'node_modules');
  const launcher = join(modules, 'fusionauth-mcp');
  for (const file of ['package.json', 'platforms.json', 'bin']) {
    cpSync(join(npmFolder, file), join(launcher, file), { recursive: true });
  }
  for (const name of packages) {
    writeBinary(join(modules, name, platforms.find((platform) => platform.name === name).binary));
  }
  return { folder, script: join(launcher, 'bin', 'fusionauth-mcp.js') };
}

function writeBinary(file) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, FAKE_BINARY, { mode: 0o755 });
  return file;
}

/** Starts the launcher; `as` makes node claim another platform, `onReady` gets it at the first output. */
function launch({ folder, script }, args, { as, binary = '', input = '', onReady } = {}) {
  const claim = join(folder, 'claim.cjs');
  if (as) {
    const [platform, arch] = as;
    const lines = Object.entries({ platform, arch }).map(
      ([key, value]) => `Object.defineProperty(process, '${key}', { value: '${value}' });\n`,
    );
    writeFileSync(claim, lines.join(''));
  }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(as ? ['--require', claim] : []), script, ...args], {
      env: { ...process.env, FUSIONAUTH_MCP_BINARY: binary },
      timeout: HANG_GUARD_MS,
      killSignal: 'SIGABRT', // no test expects it
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => (output[name] += data));
    if (onReady) child.stdout.once('data', () => onReady(child));
    else child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}

/** An installation that is told its binary by FUSIONAUTH_MCP_BINARY. */
function withOverride(t) {
  const installed = install(t);
  const binary = writeBinary(join(installed.folder, 'own-build'));
  return (args, options) => launch(installed, args, { binary, ...options });
}

test('stdin, stdout and stderr pass through untouched', posix, async (t) => {
  const input = `{"jsonrpc":"2.0"}\n${'é'.repeat(100_000)}`;
  assert.deepEqual(await withOverride(t)(['echo'], { input }), {
    code: 0,
    signal: null,
    stdout: input,
    stderr: 'noted',
  });
});

test('arguments pass through', posix, async (t) => {
  const { stdout } = await withOverride(t)(['who', '--read-only', '', 'a b']);
  assert.deepEqual(JSON.parse(stdout).args, ['--read-only', '', 'a b']);
});

test('the exit code is the binary’s', posix, async (t) => {
  const run = withOverride(t);
  for (const code of [0, 1, 42]) assert.equal((await run(['exit', String(code)])).code, code);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  test(`${signal} reaches the binary, which may end in its own way`, posix, async (t) => {
    const ended = await withOverride(t)(['catch', signal], { onReady: (child) => child.kill(signal) });
    assert.deepEqual([ended.code, ended.signal], [7, null]);
  });

  test(`${signal} that ends the binary ends the launcher`, posix, async (t) => {
    const ended = await withOverride(t)(['wait'], { onReady: (child) => child.kill(signal) });
    assert.deepEqual([ended.code, ended.signal], [null, signal]);
  });
}

test('the platform’s package brings the binary', posix, async (t) => {
  for (const { name, os, cpu } of platforms.filter((platform) => platform.os !== 'win32')) {
    const { stdout } = await launch(install(t, name), ['who'], { as: [os, cpu[0]] });
    assert.match(JSON.parse(stdout).file, new RegExp(`/${name}/bin/fusionauth-mcp$`));
  }
});

test('the own architecture comes before its sibling', posix, async (t) => {
  const installed = install(t, 'fusionauth-mcp-linux-arm64', 'fusionauth-mcp-linux-x64');
  for (const arch of ['arm64', 'x64']) {
    const { stdout } = await launch(installed, ['who'], { as: ['linux', arch] });
    assert.match(JSON.parse(stdout).file, new RegExp(`/fusionauth-mcp-linux-${arch}/`));
  }
});

test('the sibling architecture stands in where the own package is missing', posix, async (t) => {
  const { stdout } = await launch(install(t, 'fusionauth-mcp-darwin-arm64'), ['who'], { as: ['darwin', 'x64'] });
  assert.match(JSON.parse(stdout).file, /\/fusionauth-mcp-darwin-arm64\//);
});

test('FUSIONAUTH_MCP_BINARY comes before an installed package', posix, async (t) => {
  const installed = install(t, 'fusionauth-mcp-linux-x64');
  const binary = writeBinary(join(installed.folder, 'own-build'));
  const { stdout } = await launch(installed, ['who'], { as: ['linux', 'x64'], binary });
  assert.equal(JSON.parse(stdout).file, binary);
});

test('FUSIONAUTH_MCP_BINARY may be a native executable', async (t) => {
  const { code, stdout } = await launch(install(t), ['-p', '6 * 7'], { binary: process.execPath });
  assert.deepEqual([code, stdout], [0, '42\n']);
});

test('without a binary it says what is missing and what helps', async (t) => {
  const installed = install(t);
  const { code, stdout, stderr } = await launch(installed, [], { as: ['linux', 'x64'] });
  assert.deepEqual([code, stdout], [1, '']);
  const said = ['linux x64', 'fusionauth-mcp-linux-x64', '--include=optional', 'FUSIONAUTH_MCP_BINARY', 'cargo install'];
  for (const words of said) assert.ok(stderr.includes(words), `${words} in: ${stderr}`);
});

test('a platform without a package hears which ones there are', async (t) => {
  const { code, stdout, stderr } = await launch(install(t), [], { as: ['freebsd', 'x64'] });
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /no package for freebsd x64, only for .*linux x64/);
});

test('a binary that cannot be started is named, and where its path came from', async (t) => {
  const installed = install(t);
  const binary = join(installed.folder, 'nothing-here');
  const { code, stdout, stderr } = await launch(installed, [], { binary });
  assert.deepEqual([code, stdout], [1, '']);
  assert.ok(stderr.includes(`cannot start ${binary} (from FUSIONAUTH_MCP_BINARY): `), stderr);
});

test('a crash of the binary is the launcher’s end too', posix, async (t) => {
  assert.equal((await withOverride(t)(['crash'])).signal, 'SIGKILL');
});
