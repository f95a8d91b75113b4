// HashiCorp's own HCL parser on the .tf files of a folder: prints one JSON object, {file: what it says}, as
// Terraform's JSON syntax has it. Texts that begin with `${` are expressions; `$${` and `%%{` in others mean `${` and
// `%{`. What `jsonencode` is given is read too, and stands as {"jsonencode": …}.
//
// Usage: node hcl.mjs FOLDER
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';

const JSONENCODE = /^\$\{jsonencode\((.*)\)\}$/s;

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: node hcl.mjs FOLDER');
  process.exit(2);
}

const files = {};
for (const name of (await readdir(folder)).filter((name) => name.endsWith('.tf'))) {
  files[name] = await withJson(await parse(name, await readFile(join(folder, name), 'utf8')));
}
console.log(JSON.stringify(files));

/** The value, with what every `jsonencode` in it is given. */
async function withJson(value) {
  if (typeof value === 'string') {
    const given = JSONENCODE.exec(value)?.[1];
    return given === undefined ? value : { jsonencode: (await parse('given.tf', `given = ${given}\n`)).given };
  }
  if (Array.isArray(value)) return Promise.all(value.map(withJson));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await withJson(inner)]);
  return Object.fromEntries(await Promise.all(entries));
}
