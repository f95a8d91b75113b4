// The server that compare.mjs measures ours against: the official SDK, the same list, the same requests.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(fileURLToPath(new URL('../tests/node/package.json', import.meta.url)));
const sdk = (path) => import(pathToFileURL(require.resolve(`@modelcontextprotocol/sdk/${path}`)));
const { Server } = await sdk('server/index.js');
const { StdioServerTransport } = await sdk('server/stdio.js');
const { CallToolRequestSchema, ListToolsRequestSchema } = await sdk('types.js');

// Made once, as a generated Node server has its list in a file.
const listFile = join(tmpdir(), `fusionauth-mcp-tools-${process.ppid}.json`);
if (!existsSync(listFile)) {
  writeFileSync(listFile, execFileSync(process.argv[2], ['tools', '--format', 'json'], { maxBuffer: 1 << 26 }));
}
const tools = JSON.parse(readFileSync(listFile, 'utf8'));

const server = new Server({ name: 'node', version: '1' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
  const { userId, requestBody } = params.arguments;
  const response = await fetch(`${process.env.API_BASE_URL}/api/user${userId ? `/${userId}` : ''}`, {
    method: requestBody ? 'POST' : 'GET',
    headers: { Authorization: process.env.API_KEY_APIKEYAUTH, 'Content-Type': 'application/json' },
    body: requestBody && JSON.stringify(requestBody),
  });
  return { content: [{ type: 'text', text: `${response.status}\n${await response.text()}` }], isError: !response.ok };
});
await server.connect(new StdioServerTransport());
process.stdin.on('end', () => process.exit());
