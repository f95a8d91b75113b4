// What the AI SDK sends to a model's provider for the tools of an MCP server: one JSON object on stdout, mode by mode.
//
// Usage: node captured.mjs BINARY MODES
// MODES: JSON, the environment of each mode by its name.
import { createGoogle } from '@ai-sdk/google';
import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';

const [binary, modes] = process.argv.slice(2);
if (!modes) {
  console.error('Usage: node captured.mjs BINARY MODES');
  process.exit(2);
}

const geminiAnswer = { candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] };
const openaiAnswer = {
  id: '1',
  object: 'chat.completion',
  created: 0,
  model: 'm',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'ok' } }],
  usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
};

/** The body of the request that a model's provider gets for these tools. */
async function sent(tools, answer, modelOf) {
  let body;
  const fetch = async (_url, request) => {
    body = JSON.parse(request.body);
    return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
  };
  await generateText({ model: modelOf({ apiKey: 'none', fetch }), prompt: 'hello', tools, maxRetries: 0 });
  return body;
}

const google = (options) => createGoogle(options)('gemini-2.5-flash');
const openai = (options) => createOpenAI(options).chat('gpt-5');
const captured = {};
for (const [mode, env] of Object.entries(JSON.parse(modes))) {
  const transport = new StdioTransport({ command: binary, args: ['--sandbox'], env, stderr: 'ignore' });
  const client = await createMCPClient({ transport });
  try {
    const tools = await client.tools();
    const gemini = await sent(tools, geminiAnswer, google).catch(String);
    const chat = await sent(tools, openaiAnswer, openai).catch(String);
    captured[mode] = {
      google: gemini.tools?.flatMap((tool) => tool.functionDeclarations) ?? gemini,
      openai: chat.tools?.map((tool) => tool.function) ?? chat,
    };
  } finally {
    await client.close();
  }
}
console.log(JSON.stringify(captured));
