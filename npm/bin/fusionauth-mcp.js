#!/usr/bin/env node
// Starts the native binary for this platform. stdout belongs to MCP: what this file has to say goes to stderr.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const platforms = require('../platforms.json');

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// This architecture's package first, then its sibling: a node that runs under emulation (Rosetta, or x64 Electron on
// an arm64 machine) reports another architecture than the one the package manager installed for.
const candidates = platforms
  .filter(({ os }) => os === process.platform)
  .sort((a, b) => b.cpu.includes(process.arch) - a.cpu.includes(process.arch));

const override = process.env.FUSIONAUTH_MCP_BINARY;
const file = override || installedBinary();
if (file) run();
else fail(howToInstall());

function installedBinary() {
  for (const { name, binary } of candidates) {
    try {
      return require.resolve(`${name}/${binary}`);
    } catch {
      // Not installed.
    }
  }
}

function run() {
  // Not spawnSync: a blocked event loop could not forward a signal.
  const child = spawn(file, process.argv.slice(2), { stdio: 'inherit', windowsHide: true });
  const forward = (signal) => child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);

  child.on('error', (error) => {
    const source = override ? ' (from FUSIONAUTH_MCP_BINARY)' : '';
    fail(`cannot start ${file}${source}: ${error.message}`);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    // End as the binary ended. The exit code is for where a signal to oneself does not end a process: PID 1, Windows.
    process.exitCode = 128 + constants.signals[signal];
    for (const forwarded of FORWARDED) process.removeListener(forwarded, forward);
    process.kill(process.pid, signal);
  });
}

function howToInstall() {
  const { name, version, repository } = require('../package.json');
  const here = `${process.platform} ${process.arch}`;
  const own = candidates.find(({ cpu }) => cpu.includes(process.arch));
  const ready = platforms.map(({ os, cpu }) => `${os} ${cpu.join('/')}`).join(', ');
  const why = own
    ? [
        `no binary for ${here}: its package, ${own.name}, is not installed.`,
        'It is an optional dependency: --omit=optional leaves it out, and so does a node_modules folder that was copied',
        'from another kind of machine. What helps:',
        `- install it: npm install --include=optional ${name}@${version}`,
      ]
    : [`there is no package for ${here}, only for ${ready}. What helps:`];
  return [
    ...why,
    '- set FUSIONAUTH_MCP_BINARY to the path of a fusionauth-mcp binary',
    `- build one: cargo install --git ${repository.url.replace(/^git\+|\.git$/g, '')} ${name}`,
  ].join('\n');
}

function fail(message) {
  process.stderr.write(`fusionauth-mcp: ${message}\n`);
  process.exitCode = 1;
}
