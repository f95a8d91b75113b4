// What a newcomer does, without the network: packs the binary and the launcher, installs both into an empty folder and
// starts the server by the JSON of README.md, as an MCP client would.
//
// Usage: node npm/test/packed.mjs BINARY
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// Fails what would otherwise wait forever. Nothing passes or fails by how long it took.
const HANG_GUARD_MS = 120_000;
const windows = process.platform === 'win32';

const npmFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const [binary] = process.argv.slice(2);
if (!binary) {
  console.error('Usage: node npm/test/packed.mjs BINARY   (a built fusionauth-mcp)');
  process.exit(2);
}

const temporary = mkdtempSync(join(tmpdir(), 'fusionauth-mcp-packed-'));
// npm must neither reach a registry nor find anything that an earlier run left: what starts is what was packed here.
const environment = {
  ...process.env,
  npm_config_cache: join(temporary, 'cache'),
  npm_config_offline: 'true',
  npm_config_loglevel: 'error',
};
let server;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    cleanUp();
    process.exit(1);
  });
}
try {
  const installed = install();
  const { tools, name, version } = await useAsAClient(installed);
  console.log(`packed: ${name} ${version} by npx: ${tools} tools, ended when told to`);
} catch (error) {
  console.error(`packed: ${error.message}`);
  process.exitCode = 1;
} finally {
  cleanUp();
}

/** An empty folder with both packages installed from their tarballs. */
function install() {
  const packages = join(temporary, 'packages');
  const platform = `${process.platform}-${process.arch}=${resolve(binary)}`;
  const makePackages = [join(npmFolder, 'make-packages.mjs'), '--out', packages, '--binary', platform];
  execFileSync(process.execPath, makePackages, { stdio: ['ignore', 'ignore', 'inherit'] });
  const folders = readdirSync(packages).map((name) => join(packages, name));
  npm(temporary, 'pack', ...folders);
  const tarballs = readdirSync(temporary).filter((name) => name.endsWith('.tgz'));
  const folder = join(temporary, 'client');
  mkdirSync(folder);
  // Without a package.json here npm would install into a folder above that has one.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  // The other platforms' packages cannot be found, which npm forgives: they are optional.
  npm(folder, 'install', ...tarballs.map((name) => join('..', name)));
  return folder;
}

function npm(cwd, ...args) {
  // On Windows npm is a script, which only a shell starts.
  execFileSync('npm', args, { cwd, env: environment, shell: windows, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function useAsAClient(folder) {
  const { command, args, env } = readmeConfiguration();
  server = spawn(command, args, {
    cwd: folder,
    // README.md has a placeholder for the key, which the server refuses.
    env: { ...environment, ...env, API_KEY_APIKEYAUTH: 'a-key-for-this-test' },
    stdio: ['pipe', 'pipe', 'inherit'],
    shell: windows,
    detached: !windows, // a process group of its own, so that cleanUp() reaches all that npx started
  });
  const closed = once(server, 'close');
  const request = rpc(server, closed);

  const { serverInfo } = await request('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'packed-test', version: '0' },
  });
  request.notify('notifications/initialized');
  const { tools } = await request('tools/list');
  assert.ok(tools.length > 0, 'tools/list is empty');

  // Windows knows no SIGTERM: there a client ends a server by closing its stdin.
  if (windows) server.stdin.end();
  else server.kill('SIGTERM');
  // Not 'exit': 'close' comes when the last process that holds stdout has ended, the binary among them.
  await guarded(closed, 'the server was told to end and goes on');
  return { tools: tools.length, ...serverInfo };
}

/** The result of a promise, or an error with this message if it never settles. */
function guarded(promise, otherwise) {
  const guard = sleep(HANG_GUARD_MS, null, { ref: false }).then(() => {
    throw new Error(otherwise);
  });
  return Promise.race([promise, guard]);
}

/** The first server of the first JSON block in README.md that configures one. */
function readmeConfiguration() {
  const readme = readFileSync(join(npmFolder, '..', 'README.md'), 'utf8');
  for (const [, json] of readme.matchAll(/^```json\r?\n([\s\S]*?)^```/gm)) {
    const [server] = Object.values(JSON.parse(json).mcpServers ?? {});
    // The reader puts a key of their own there.
    if (server) return { ...server, env: { ...server.env, API_KEY_APIKEYAUTH: 'kQ7t9vXz2LmP4sWb8Nc3Yd6R' } };
  }
  throw new Error('README.md has no ```json block with mcpServers');
}

/** JSON-RPC by lines over a process's stdin and stdout. */
function rpc(child, closed) {
  const waiting = new Map();
  let lastId = 0;
  let failure;
  const failAll = (error) => {
    failure = error;
    for (const { reject } of waiting.values()) reject(error);
  };
  closed.then(
    ([code, signal]) => failAll(new Error(`the server ended (${signal ?? `exit code ${code}`}) before it answered`)),
    failAll,
  );
  child.stdin.on('error', () => {}); // the server's end is told by `closed`
  createInterface({ input: child.stdout }).on('line', (line) => {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      return failAll(new Error(`not JSON on stdout: ${line.slice(0, 200)}`));
    }
    const { resolve, reject } = waiting.get(message.id) ?? {};
    if (message.error) reject?.(new Error(JSON.stringify(message.error)));
    else resolve?.(message.result);
  });

  const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const request = async (method, params = {}) => {
    if (failure) throw failure;
    const id = ++lastId;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    send({ id, method, params });
    return guarded(answer, `${method} is not answered`).finally(() => waiting.delete(id));
  };
  request.notify = (method) => send({ method });
  return request;
}

function cleanUp() {
  if (server?.pid && server.stdout.closed === false) {
    try {
      process.kill(windows ? server.pid : -server.pid, 'SIGKILL');
    } catch {
      // Ended in the meantime.
    }
  }
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
