// 100,000 calls, 32 in flight, with faults in 5 of 100 answers of the upstream: is an answer lost, doubled or crossed, is a
// change made twice, and does memory grow?
//
//   cargo build --profile dist && node benches/soak.mjs [BINARY [CALLS]]
//
// Exit status 1 where one of these is so.
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const binary = process.argv[2] ?? join(folder, '../target/dist/fusionauth-mcp');
const CALLS = Number(process.argv[3] ?? 100_000);
const IN_FLIGHT = 32;
const FAULTS = 0.05;
/** How much the mean memory of the last tenth may differ from that of the first. */
const TOLERANCE = 0.05;

/** Numbers that are the same in every run (a linear congruential generator). */
let state = 1;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;

const faults = {
  unavailable: (response) => response.writeHead(503, { 'Content-Type': 'application/json' }).end('{"generalErrors":[]}'),
  reset: (response) => response.socket.destroy(),
  short: (response) => response.writeHead(200, { 'Content-Length': '1000' }).write('{"user":', () => response.socket.destroy()),
  broken: (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"user":{'),
  limited: (response) => response.writeHead(429, { 'Retry-After': '0' }).end(),
};
const kinds = Object.keys(faults);
const made = Object.fromEntries(kinds.map((kind) => [kind, 0]));
const requests = new Map();
const done = new Set();

const upstream = createServer((incoming, response) => {
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const id = incoming.url.split('/').pop();
    const key = `${incoming.method} ${id}`;
    requests.set(key, (requests.get(key) ?? 0) + 1);
    if (random() < FAULTS) {
      const kind = kinds[Math.floor(random() * kinds.length)];
      made[kind]++;
      faults[kind](response);
      return;
    }
    done.add(key);
    const text = incoming.method === 'GET' ? 'read' : JSON.parse(Buffer.concat(chunks)).user.data.text;
    const user = { id, data: { text, more: 'y'.repeat(Math.floor(random() * 2000)) } };
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ user }));
  });
}).listen(0, '127.0.0.1');
await new Promise((resolve) => upstream.once('listening', resolve));

const client = new Client([binary], `http://127.0.0.1:${upstream.address().port}`, { CONFIRM: 'off' });
await client.connect();
const outcomes = { answered: 0, failed: 0 };
const wrong = [];
const memory = [];
let started = 0;

async function call(index) {
  const userId = `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
  const isWrite = index % 4 === 0;
  const text = `text-${index}`;
  const requestBody = { user: { data: { text } } };
  const tool = isWrite
    ? { name: 'createUserWithId', arguments: { userId, requestBody } }
    : { name: 'retrieveUserWithId', arguments: { userId } };
  const { result } = await client.request('tools/call', tool);
  const answer = result?.content?.[0]?.text ?? '';
  const key = `${isWrite ? 'POST' : 'GET'} ${userId}`;
  if (result?.isError === false) {
    outcomes.answered++;
    if (!answer.includes(userId) || (isWrite && !answer.includes(text))) wrong.push(`${key}: crossed: ${answer.slice(0, 80)}`);
    if (!done.has(key)) wrong.push(`${key}: answered, but never made`);
  } else if (result?.isError === true) {
    outcomes.failed++;
  } else {
    wrong.push(`${key}: no result`);
  }
  if (isWrite && requests.get(key) !== 1) wrong.push(`${key}: sent ${requests.get(key)} times`);
  requests.delete(key);
  done.delete(key);
}

const worker = async () => {
  while (started < CALLS) {
    const index = started++;
    if (index % 500 === 0) memory.push(client.memory('VmRSS'));
    await call(index);
  }
};
await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
if (client.unexpected > 0) wrong.push(`${client.unexpected} answers to nothing that was asked`);

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const tenth = Math.max(1, Math.floor(memory.length / 10));
const [first, last] = [mean(memory.slice(0, tenth)), mean(memory.slice(-tenth))];
console.log(`calls\t${CALLS}\nanswered\t${outcomes.answered}\nfailed\t${outcomes.failed}`);
console.log(`faults\t${Object.entries(made).map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
console.log(`memory of the first tenth, MB\t${first.toFixed(2)}\nmemory of the last tenth, MB\t${last.toFixed(2)}`);
console.log(`peak, MB\t${client.memory('VmHWM').toFixed(2)}`);
if (last > first * (1 + TOLERANCE)) wrong.push('memory grows');
wrong.slice(0, 20).forEach((line) => console.error(line));
console.log(`wrong\t${wrong.length}`);
await client.end();
upstream.close();
upstream.closeAllConnections();
process.exitCode = wrong.length > 0 ? 1 : 0;
