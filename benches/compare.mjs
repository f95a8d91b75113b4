// What a user waits for and pays in memory: ours beside a Node server on the official SDK that offers the same list and
// makes the same requests. Both are measured in one run on one machine; the ratios are what counts.
//
//   cargo build --profile dist && npm ci --prefix tests/node && node benches/compare.mjs
import { Agent, createServer, request } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const binary = process.argv[2] ?? join(folder, '../target/dist/fusionauth-mcp');
const servers = { ours: [binary], node: ['node', join(folder, 'node-server.mjs'), binary] };

const STARTS = 15;
const CALLS = 1000;
const MANY_CALLS = 5000;
const IN_FLIGHT = 32;
const userId = '00000000-0000-0000-0000-000000000001';
const body = { user: { email: 'richard@example.com', data: { text: 'x'.repeat(1300) } } };
const get = { name: 'retrieveUserWithId', arguments: { userId } };
const post = { name: 'createUser', arguments: { requestBody: body } };

const answer = JSON.stringify({ user: { id: userId, email: 'richard@example.com', data: { text: 'y'.repeat(400) } } });
const upstream = createServer((incoming, response) => {
  incoming.resume().on('end', () => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer);
  });
}).listen(0, '127.0.0.1');
await new Promise((resolve) => upstream.once('listening', resolve));
const baseUrl = `http://127.0.0.1:${upstream.address().port}`;

const agent = new Agent({ keepAlive: true });
const direct = () =>
  new Promise((resolve, reject) => {
    const headers = { Authorization: 'test-key' };
    request(`${baseUrl}/api/user/${userId}`, { agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(JSON.parse(Buffer.concat(chunks))));
    })
      .on('error', reject)
      .end();
  });

const sorted = (numbers) => [...numbers].sort((left, right) => left - right);
const quantile = (numbers, share) => sorted(numbers)[Math.floor(numbers.length * share)];
const median = (numbers) => quantile(numbers, 0.5);

async function times(count, work) {
  const taken = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  return taken;
}

async function rate(count, work) {
  let left = count;
  const start = performance.now();
  const worker = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return count / ((performance.now() - start) / 1000);
}

const figures = {};
for (const [name, command] of Object.entries(servers)) {
  const starts = [];
  for (let index = 0; index < STARTS; index++) {
    const client = new Client(command, baseUrl);
    const { initialized, listed, tools } = await client.connect();
    starts.push({ initialized, listed, tools: tools.length, peak: client.memory('VmHWM') });
    await client.end();
  }
  const client = new Client(command, baseUrl);
  await client.connect();
  await times(200, () => client.call(get));
  const gets = await times(CALLS, () => client.call(get));
  const posts = await times(CALLS, () => client.call(post));
  const getRate = await rate(MANY_CALLS, () => client.call(get));
  const postRate = await rate(MANY_CALLS, () => client.call(post));
  figures[name] = {
    tools: starts[0].tools,
    'start to initialize, ms': median(starts.map((start) => start.initialized)),
    'start to list, ms': median(starts.map((start) => start.listed)),
    'peak after list, MB': median(starts.map((start) => start.peak)),
    'GET median, ms': median(gets),
    'GET p99, ms': quantile(gets, 0.99),
    'POST 1.4 kB median, ms': median(posts),
    [`GET/s, ${IN_FLIGHT} in flight`]: getRate,
    [`POST/s, ${IN_FLIGHT} in flight`]: postRate,
    [`peak after ${CALLS * 2 + MANY_CALLS * 2} calls, MB`]: client.memory('VmHWM'),
  };
  await client.end();
}
await times(200, direct);
const directly = { 'GET median, ms': median(await times(CALLS, direct)) };
directly[`GET/s, ${IN_FLIGHT} in flight`] = await rate(MANY_CALLS, direct);

console.log(['figure', 'ours', 'node', 'node / ours', 'no server'].join('\t'));
for (const [figure, ours] of Object.entries(figures.ours)) {
  const node = figures.node[figure];
  const cells = [ours, node, node / ours, directly[figure]].map((value) => (value === undefined ? '' : value.toFixed(2)));
  console.log([figure, ...cells].join('\t'));
}
agent.destroy();
upstream.close();
