"""Converts every tool with the clients' own converters, and fails on any loss.

Usage: python convert.py BINARY [CONVERTER]

In every mode of the list, each converter gets all tools; with CONVERTER only that one. Prints what is lost or refused on
stderr, the counts of each converter on stdout, and last `N passed, M failed`, a tool in a mode by a converter being one.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import captured
import judge

MODES = {"list": {}, "full": {"TOOL_SCHEMAS": "full"}, "search": {"TOOL_MODE": "search"}}


async def unchanged(server):
    tools = await captured.listed(server)
    return [{"name": tool["name"], "parameters": tool["schema"]} for tool in tools]


def gemini(tool):
    if tool.get("parameters") is None:
        return judge.refused_names(tool["name"], schema_of(tool))
    return judge.refused_by_gemini(tool["name"], tool["parameters"])


def openai(tool):
    return judge.refused_by_openai(tool["name"], tool["parameters"], tool.get("strict") is True)


def anthropic(tool):
    return judge.refused_by_anthropic(tool["name"], tool["parameters"])


def from_ai_sdk(name):
    async def convert(server):
        return server.ai_sdk[name]

    return convert


# By name: how the tools are converted, and what the provider at the other end refuses.
CONVERTERS = {
    "claude (as listed)": (unchanged, anthropic),
    "openai-agents": (lambda server: captured.openai_agents(server, strict=False), openai),
    "openai-agents strict": (lambda server: captured.openai_agents(server, strict=True), openai),
    "google-genai": (lambda server: captured.google_genai(server, vertex=False), gemini),
    "google-genai vertex": (lambda server: captured.google_genai(server, vertex=True), gemini),
    "langchain openai": (captured.langchain_openai, openai),
    "langchain google": (captured.langchain_google, gemini),
    "pydantic-ai openai": (captured.pydantic_openai, openai),
    "pydantic-ai google": (captured.pydantic_google, gemini),
    "ai sdk google": (from_ai_sdk("google"), gemini),
    "ai sdk openai": (from_ai_sdk("openai"), openai),
}


def schema_of(tool):
    for key in ("parameters", "parametersJsonSchema", "parameters_json_schema"):
        if tool.get(key) is not None:
            return tool[key]
    return {"type": "object", "properties": {}}


def verdicts(listed, converted, refused):
    """The faults of each listed tool: empty where it came through whole."""
    after = {tool["name"]: tool for tool in converted}
    for tool in listed:
        match after.get(tool["name"]):
            case None:
                yield tool["name"], ["the tool is lost"]
            case one:
                yield tool["name"], [*judge.lost(tool["schema"], schema_of(one)), *refused(one)]


async def judged(converter, server, listed):
    convert, refused = CONVERTERS[converter]
    try:
        converted = await convert(server)
    except Exception as error:  # Whatever a converter throws, it has lost all tools.
        return [(tool["name"], [f"the converter fails: {root(error)}"]) for tool in listed]
    if not isinstance(converted, list):
        return [(tool["name"], [f"the converter fails: {converted}"]) for tool in listed]
    return list(verdicts(listed, converted, refused))


def root(error):
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


async def main(binary, names):
    script = Path(__file__).with_name("captured.mjs")
    ai_sdk = json.loads(subprocess.check_output(["node", script, binary, json.dumps(MODES)]))
    passed = failed = 0
    counts = {name: [] for name in names}
    for mode, environment in MODES.items():
        server = captured.stdio(binary, environment)
        listed = await captured.listed(server)
        for name in names:
            results = await judged(name, server.with_ai_sdk(ai_sdk[mode]), listed)
            bad = [(tool, faults) for tool, faults in results if faults]
            for tool, faults in bad:
                print(f"{name}, {mode}, {tool}: {'; '.join(faults[:3])}", file=sys.stderr)
            counts[name].append(f"{mode} {len(results) - len(bad)}/{len(results)}")
            passed += len(results) - len(bad)
            failed += len(bad)
    for name, count in counts.items():
        print(f"{name:22} {', '.join(count)}")
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or (len(sys.argv) == 3 and sys.argv[2] not in CONVERTERS):
        print(__doc__, f"CONVERTER: {', '.join(CONVERTERS)}", sep="\n", file=sys.stderr)
        sys.exit(2)
    sys.exit(0 if asyncio.run(main(sys.argv[1], sys.argv[2:] or list(CONVERTERS))) else 1)
