// The official TypeScript SDK's client against the server: prints what it saw as one JSON object, which
// the Rust tests judge.
//
// Usage: node sdk.mjs BINARY UPSTREAM_URL [HANGING_TOOL]
//        node sdk.mjs SERVER_URL [KEY]
// HANGING_TOOL is called without arguments and aborted; the upstream must not answer it.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const [server, second, third] = process.argv.slice(2);
const isRemote = server?.startsWith('http');
if (!server || !(isRemote || second)) {
  console.error('Usage: node sdk.mjs BINARY UPSTREAM_URL [HANGING_TOOL] | SERVER_URL [KEY]');
  process.exit(2);
}
const hangingTool = (isRemote ? undefined : third) ?? 'retrieveStatus';

const client = new Client({ name: 'sdk-test', version: '0' });
try {
  await client.connect(isRemote ? remote(server, second) : local(server, second));
  console.log(JSON.stringify(await observe()));
} catch (error) {
  console.error(`sdk: ${error.stack}`);
  process.exitCode = 1;
} finally {
  // Closes stdin first, and ends the server by force where that is not enough.
  await client.close();
}

function local(command, upstream) {
  const env = { API_BASE_URL: upstream, API_KEY_APIKEYAUTH: 'sandbox-api-key' };
  return new StdioClientTransport({ command, env });
}

function remote(url, key) {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  return new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
}

async function observe() {
  const tools = await listTools();
  checkSchemas(tools);
  return {
    toolCount: tools.length,
    names: tools.map(({ name }) => name),
    serverInfo: client.getServerVersion(),
    instructions: client.getInstructions(),
    ok: await call('retrieveUserWithId', { userId: '00000005-5eed-4000-8000-000000000001' }),
    unknown: await call('noSuchTool', {}),
    missing: await call('retrieveUserWithId', {}),
    aborted: await abort(hangingTool),
  };
}

async function listTools() {
  const all = [];
  let cursor;
  do {
    const { tools, nextCursor } = await client.listTools({ cursor });
    all.push(...tools);
    cursor = nextCursor;
  } while (cursor);
  return all;
}

/** One tool whose schema has another root makes some models' APIs refuse the whole list. */
function checkSchemas(tools) {
  const bad = tools.filter(
    ({ inputSchema }) =>
      inputSchema.type !== 'object' || ['oneOf', 'anyOf', 'allOf'].some((keyword) => keyword in inputSchema),
  );
  if (bad.length > 0) throw new Error(`no plain object at the root of inputSchema: ${bad.map(({ name }) => name)}`);
}

async function call(name, args) {
  try {
    const { content, isError = false } = await client.callTool({ name, arguments: args });
    return { text: content[0]?.text, isError };
  } catch (error) {
    return { code: error.code };
  }
}

/** Whether a call runs until it is aborted, and the server still answers afterwards. */
async function abort(name) {
  const controller = new AbortController();
  let ended = false;
  const call = client
    .callTool({ name, arguments: {} }, undefined, { signal: controller.signal })
    .then(() => 'answered', (error) => error)
    .finally(() => (ended = true));
  // Once the ping is answered, the server has read the call.
  await client.ping();
  if (ended) throw new Error(`${name} ended before it was aborted: ${await call}`);
  controller.abort();
  const outcome = await call;
  await client.ping();
  return outcome !== 'answered';
}
