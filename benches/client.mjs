import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A client over stdio that measures its server. */
export class Client {
  constructor([command, ...args], baseUrl, settings = {}) {
    this.started = performance.now();
    const env = { PATH: process.env.PATH, API_BASE_URL: baseUrl, API_KEY_APIKEYAUTH: 'test-key', ...settings };
    this.child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.waiting = new Map();
    this.id = 0;
    /** Messages from the server that answer nothing. */
    this.unexpected = 0;
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const message = JSON.parse(line);
      const resolve = this.waiting.get(message.id);
      if (resolve) resolve(message);
      else this.unexpected++;
      this.waiting.delete(message.id);
    });
  }

  request(method, params) {
    const id = ++this.id;
    const promise = new Promise((resolve) => this.waiting.set(id, resolve));
    this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return promise;
  }

  async connect() {
    const clientInfo = { name: 'compare', version: '1' };
    await this.request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
    const initialized = performance.now() - this.started;
    const { result } = await this.request('tools/list', {});
    return { initialized, listed: performance.now() - this.started, tools: result.tools };
  }

  async call(tool) {
    const { result } = await this.request('tools/call', tool);
    if (!result || result.isError) throw new Error(`${tool.name}: ${JSON.stringify(result)}`);
  }

  /** The memory that is resident (VmRSS), or was at most (VmHWM), in MB. */
  memory(kind) {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(new RegExp(`${kind}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  }

  async end() {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    await ended;
  }
}
