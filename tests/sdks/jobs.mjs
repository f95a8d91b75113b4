// Runs the jobs of jobs.json with FusionAuth's TypeScript client against an instance. Prints what fails.
//
// Usage: node jobs.mjs URL API_KEY      the last line is `N passed, M failed`
import { readFileSync } from "node:fs";
import { FusionAuthClient } from "@fusionauth/typescript-client";
import { expand, fill, mismatch, valueAt } from "./steps.mjs";

const [url, key] = process.argv.slice(2);
const jobs = expand(JSON.parse(readFileSync(new URL("jobs.json", import.meta.url), "utf8")));
const clients = { default: new FusionAuthClient(key, url), wrong: new FusionAuthClient("wrong", url) };

/** Calls a method with its arguments by name; answers status and body. */
async function call(step, saved) {
  const client = clients[step.as ?? "default"];
  const method = client[step.call];
  if (!method) throw new Error(`the client has no ${step.call}`);
  const names = method.toString().match(/\(([^)]*)\)/)[1].split(",").map((name) => name.trim()).filter(Boolean);
  const given = fill(step.with ?? {}, saved);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length) throw new Error(`${step.call} has no ${unknown}`);
  try {
    const { statusCode, response } = await method.apply(client, names.map((name) => given[name] ?? null));
    return { status: statusCode, body: response };
  } catch (refusal) {
    if (refusal.statusCode === undefined) throw refusal;
    return { status: refusal.statusCode, body: refusal.exception };
  }
}

let [passed, failed] = [0, 0];
for (const { job, steps } of jobs) {
  const saved = {};
  let fault;
  for (const step of steps) {
    try {
      const { status, body } = await call(step, saved);
      if (status !== (step.status ?? 200)) fault = `answered ${status} ${JSON.stringify(body)}`;
      if (step.expect) fault ??= mismatch(fill(step.expect, saved), body);
      for (const [name, path] of Object.entries(step.save ?? {})) saved[name] = valueAt(body, path);
    } catch (error) {
      fault = `${error}`;
    }
    if (fault) {
      console.log(`${job}: ${step.call}: ${fault}`);
      break;
    }
  }
  fault ? failed++ : passed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
