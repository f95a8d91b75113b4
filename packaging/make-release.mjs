// Makes the files of a release from its binaries: archives, bundles for MCP clients, checksums, and the manifests of
// Homebrew and winget.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Failure, filesByKey, run } from '../npm/command.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const launcher = readJson('npm/package.json');
const settings = readJson('npm/server.json').packages[0].environmentVariables;
const platforms = readJson('npm/platforms.json');
const { version } = launcher;
const tag = `v${version}`;
const repository = launcher.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
const { description } = launcher;

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
const download = (file) => `${repository}/releases/download/${tag}/${file}`;
const described = (variable) => settings.find(({ name }) => name === variable).description;

/** What a client asks a person for, and the variable that takes it. */
const ASKED = [
  ['base_url', 'API_BASE_URL', 'Address of the FusionAuth instance', { required: true }],
  ['api_key', 'API_KEY_APIKEYAUTH', 'API key', { required: true, sensitive: true }],
  ['use_tools', 'USE_TOOLS', 'Tools to offer', { required: false, default: 'retrieve,search' }],
];

const HELP = `Makes the files of a release from its binaries.

Usage: node packaging/make-release.mjs --out DIR --binary TARGET=PATH [...] --notices TARGET=PATH [...]

  --out DIR              an empty folder, made if it is not there
  --binary TARGET=PATH   a built fusionauth-mcp, and its Rust target: ${platforms.map(({ target }) => target).join(', ')}
  --notices TARGET=PATH  what packaging/notices.mjs printed for that target
  --mcpb COMMAND         the program that packs MCP bundles; without it there are none
  -h, --help             show this

Writes for each target an archive and a bundle (.mcpb), and for all of them SHA256SUMS, a Homebrew formula (of the Unix archives), and the winget manifests (of the Windows one).

Exit codes: 0 written, 1 not written, 2 not understood
`;

run('make-release', () => {
  const options = parseCommandLine();
  if (options.help) process.stdout.write(HELP);
  else makeRelease(options);
});

function parseCommandLine() {
  let values;
  try {
    const options = {
      out: { type: 'string' },
      binary: { type: 'string', multiple: true },
      notices: { type: 'string', multiple: true },
      mcpb: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    };
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new Failure(error.message, 2);
  }
  if (values.help) return values;
  if (!values.out) throw new Failure('--out DIR is missing: where to write', 2);
  const binaries = byTarget('--binary', 'a built fusionauth-mcp', values.binary);
  const notices = byTarget('--notices', 'what packaging/notices.mjs printed', values.notices);
  for (const target of binaries.keys()) {
    if (!notices.has(target)) throw new Failure(`--notices ${target}=PATH is missing`, 2);
  }
  return { out: resolve(values.out), binaries, notices, mcpb: values.mcpb };
}

/** The files by target. */
function byTarget(flag, expected, args = []) {
  if (args.length === 0) throw new Failure(`${flag} TARGET=PATH is missing`, 2);
  const known = platforms.map(({ target }) => target);
  return new Map([...filesByKey(flag, args, { key: 'target', known, expected })].map(([target, path]) => [target, resolve(path)]));
}

function makeRelease({ out, binaries, notices, mcpb }) {
  if (existsSync(out) && readdirSync(out).length > 0) throw new Failure(`${out} is not empty`);
  mkdirSync(out, { recursive: true });
  const made = new Map();
  for (const [target, path] of binaries) {
    const platform = platforms.find((each) => each.target === target);
    made.set(platform, writeArchive(out, platform, path, notices.get(target)));
    if (mcpb) writeBundle(out, platform, path, notices.get(target), mcpb);
  }
  const files = readdirSync(out).sort();
  writeFileSync(join(out, 'SHA256SUMS'), files.map((file) => `${sha256(join(out, file))}  ${file}\n`).join(''));
  const unix = [...made].filter(([{ os }]) => os !== 'win32');
  if (unix.length > 0) writeFileSync(join(out, 'fusionauth-mcp.rb'), formula(out, unix));
  const windows = [...made].find(([{ os }]) => os === 'win32');
  if (windows) writeWinget(out, windows[1]);
}

/** The binary with licence, notices and README: a .zip for Windows, else a .tar.gz. Returns the file's name. */
function writeArchive(out, { os, target, binary }, path, notices) {
  const name = `fusionauth-mcp-${tag}-${target}`;
  const folder = join(out, name);
  mkdirSync(folder);
  const packed = join(folder, basename(binary));
  copyFileSync(path, packed);
  chmodSync(packed, 0o755);
  for (const file of ['LICENSE', 'README.md']) copyFileSync(join(root, file), join(folder, file));
  copyFileSync(notices, join(folder, 'NOTICES.txt'));
  const archive = os === 'win32' ? `${name}.zip` : `${name}.tar.gz`;
  // bsdtar, which Windows has, tells a zip by its name; GNU tar makes none.
  if (os === 'win32' && process.platform !== 'win32') execute('zip', ['-q', '-r', '-X', archive, name], out);
  else execute('tar', os === 'win32' ? ['-a', '-cf', archive, name] : ['-czf', archive, name], out);
  rmSync(folder, { recursive: true });
  return archive;
}

/** A bundle for MCP clients (.mcpb): https://github.com/modelcontextprotocol/mcpb, manifest version 0.3. */
function writeBundle(out, { name, os, binary }, path, notices, mcpb) {
  const folder = join(out, 'bundle');
  const packed = join(folder, 'server', basename(binary));
  mkdirSync(dirname(packed), { recursive: true });
  copyFileSync(path, packed);
  chmodSync(packed, 0o755);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(notices, join(folder, 'NOTICES.txt'));
  const entry = `server/${basename(binary)}`;
  const manifest = {
    manifest_version: '0.3',
    name: 'fusionauth-mcp',
    display_name: 'FusionAuth (unofficial)',
    version,
    description,
    author: { name: 'The fusionauth-mcp authors', url: repository },
    repository: { type: 'git', url: repository },
    homepage: launcher.homepage,
    license: launcher.license,
    server: {
      type: 'binary',
      entry_point: entry,
      mcp_config: {
        command: `\${__dirname}/${entry}`,
        args: [],
        env: Object.fromEntries(ASKED.map(([key, variable]) => [variable, `\${user_config.${key}}`])),
      },
    },
    tools_generated: true,
    prompts_generated: true,
    user_config: Object.fromEntries(
      ASKED.map(([key, variable, title, more]) => [key, { type: 'string', title, description: described(variable), ...more }]),
    ),
    compatibility: { platforms: [os] },
  };
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  execute(mcpb, ['pack', folder, join(out, `${name}-${tag}.mcpb`)], out);
  rmSync(folder, { recursive: true });
}

/** https://docs.brew.sh/Formula-Cookbook */
function formula(out, archives) {
  const words = { darwin: 'on_macos', linux: 'on_linux', arm64: 'on_arm', x64: 'on_intel' };
  const block = ([{ cpu }, archive]) => `    ${words[cpu[0]]} do
      url "${download(archive)}"
      sha256 "${sha256(join(out, archive))}"
    end
`;
  const of = (os) => archives.filter(([platform]) => platform.os === os).map(block).join('');
  const systems = ['darwin', 'linux'].filter((os) => of(os)).map((os) => `  ${words[os]} do\n${of(os)}  end\n`);
  return `class FusionauthMcp < Formula
  desc "${description}"
  homepage "${repository}"
  version "${version}"
  license "${launcher.license}"

${systems.join('\n')}
  def install
    bin.install "fusionauth-mcp"
    doc.install "NOTICES.txt"
    man1.mkpath
    (man1/"fusionauth-mcp.1").write Utils.safe_popen_read(bin/"fusionauth-mcp", "man")
    generate_completions_from_executable(bin/"fusionauth-mcp", "completions")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/fusionauth-mcp --version")
    system bin/"fusionauth-mcp", "doctor", "--sandbox"
  end
end
`;
}

/** https://github.com/microsoft/winget-pkgs, manifest version 1.10.0: the three files of a version. */
function writeWinget(out, archive) {
  const id = 'fusionauth-mcp.fusionauth-mcp';
  const folder = join(out, 'winget');
  mkdirSync(folder);
  const head = (kind) =>
    `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${kind}.1.10.0.schema.json\n\n` +
    `PackageIdentifier: ${id}\nPackageVersion: ${version}\n`;
  const tail = (kind) => `ManifestType: ${kind}\nManifestVersion: 1.10.0\n`;
  const write = (file, kind, body) => writeFileSync(join(folder, file), `${head(kind)}${body}${tail(kind)}`);
  write(`${id}.yaml`, 'version', 'DefaultLocale: en-US\n');
  write(
    `${id}.locale.en-US.yaml`,
    'defaultLocale',
    `PackageLocale: en-US
Publisher: The fusionauth-mcp authors
PublisherUrl: ${repository}
PackageName: fusionauth-mcp
PackageUrl: ${repository}
License: ${launcher.license}
LicenseUrl: ${repository}/blob/${tag}/LICENSE
ShortDescription: ${JSON.stringify(description)}
Tags:
- fusionauth
- mcp
`,
  );
  write(
    `${id}.installer.yaml`,
    'installer',
    `InstallerType: zip
NestedInstallerType: portable
NestedInstallerFiles:
- RelativeFilePath: ${basename(archive, '.zip')}\\fusionauth-mcp.exe
  PortableCommandAlias: fusionauth-mcp
Installers:
- Architecture: x64
  InstallerUrl: ${download(archive)}
  InstallerSha256: ${sha256(join(out, archive)).toUpperCase()}
`,
  );
}

function execute(program, args, cwd) {
  try {
    execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    throw new Failure(`${program} ${args.join(' ')}: ${error.stderr?.toString().trim() || error.message}`);
  }
}
