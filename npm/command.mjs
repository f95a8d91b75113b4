// What the scripts that make a release share: failures with an exit code, and arguments of the form KEY=PATH.
import { statSync } from 'node:fs';

/** What is wrong, for a person. Exit codes: 1 not done, 2 not understood. */
export class Failure extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a script; a failure becomes a message and an exit code. */
export function run(name, script) {
  try {
    script();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`${name}: ${error.message}`);
    if (error.exitCode === 2) console.error('Try --help.');
    process.exitCode = error.exitCode;
  }
}

/** The paths of a flag that is given as KEY=PATH, by key; each is checked to be a file. */
export function filesByKey(flag, args, { key, known, expected }) {
  const files = new Map();
  for (const arg of args) {
    const [, name, path] = /^([^=]+)=(.+)$/.exec(arg) ?? [];
    const fail = (message, exitCode) => {
      throw new Failure(`${flag} ${arg}: ${message}`, exitCode);
    };
    if (!name) fail(`expected ${key.toUpperCase()}=PATH`, 2);
    if (!known.includes(name)) fail(`no ${key} ${name}; expected one of ${known.join(', ')}`, 2);
    if (files.has(name)) fail(`${name} is given twice`, 2);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) fail(`${path} is not a file; expected ${expected}`);
    files.set(name, path);
  }
  return files;
}
