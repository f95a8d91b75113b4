"""What four Python libraries send to a model's provider for the tools of an MCP server.

Each library connects to the server as its documentation says, and asks a model whose HTTP client is replaced: it keeps the
request and answers "ok". So what is judged is what goes over the wire.
"""

import json
from contextlib import asynccontextmanager

import httpx
from agents import Agent as OpenAIAgent
from agents import OpenAIChatCompletionsModel, RunConfig, Runner
from agents.mcp import MCPServerStdio
from google import genai
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_google_genai._function_utils import convert_to_genai_function_declarations
from langchain_mcp_adapters.tools import load_mcp_tools
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from openai import AsyncOpenAI
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.providers.openai import OpenAIProvider

OPENAI_ANSWER = {
    "id": "1",
    "object": "chat.completion",
    "created": 0,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}],
}
GEMINI_ANSWER = {"candidates": [{"content": {"role": "model", "parts": [{"text": "ok"}]}, "finishReason": "STOP"}]}


class Provider:
    """An HTTP client that keeps the requests that it is given."""

    def __init__(self, answer):
        self.answer = answer
        self.requests = []

    def client(self):
        return httpx.AsyncClient(transport=httpx.MockTransport(self.handle))

    def handle(self, request):
        self.requests.append(json.loads(request.content))
        return httpx.Response(200, json=self.answer)

    def openai(self):
        return AsyncOpenAI(api_key="none", http_client=self.client())

    def gemini(self, vertex=False):
        options = genai.types.HttpOptions(httpx_async_client=self.client())
        return genai.Client(api_key="none", vertexai=vertex, http_options=options)

    def openai_tools(self):
        return [tool["function"] for tool in self.requests[-1]["tools"]]

    def gemini_tools(self):
        return [one for tool in self.requests[-1]["tools"] for one in tool["functionDeclarations"]]


@asynccontextmanager
async def session(server):
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        yield session


async def listed(server):
    """The tools as the server lists them."""
    async with session(server) as client:
        tools, cursor = [], None
        while True:
            page = await client.list_tools(cursor=cursor)
            tools += [{"name": tool.name, "schema": tool.inputSchema} for tool in page.tools]
            if not (cursor := page.nextCursor):
                return tools


async def openai_agents(server, strict):
    provider = Provider(OPENAI_ANSWER)
    params = {"command": server.command, "args": server.args, "env": server.env}
    async with MCPServerStdio(params, client_session_timeout_seconds=60) as mcp:
        agent = OpenAIAgent(
            "test",
            mcp_servers=[mcp],
            mcp_config={"convert_schemas_to_strict": strict},
            model=OpenAIChatCompletionsModel("gpt-5", provider.openai()),
        )
        await Runner.run(agent, "hello", run_config=RunConfig(tracing_disabled=True))
    return provider.openai_tools()


async def google_genai(server, vertex):
    provider = Provider(GEMINI_ANSWER)
    async with session(server) as client:
        await provider.gemini(vertex).aio.models.generate_content(
            model="gemini-2.5-flash", contents="hello", config={"tools": [client]}
        )
    return provider.gemini_tools()


async def langchain_openai(server):
    async with session(server) as client:
        return [convert_to_openai_tool(tool)["function"] for tool in await load_mcp_tools(client)]


async def langchain_google(server):
    async with session(server) as client:
        tools = convert_to_genai_function_declarations(await load_mcp_tools(client))
    declared = [tool.model_dump(mode="json", exclude_none=True, by_alias=True) for tool in tools]
    return [one for tool in declared for one in tool["functionDeclarations"]]


async def pydantic_openai(server):
    provider = Provider(OPENAI_ANSWER)
    model = OpenAIChatModel("gpt-5", provider=OpenAIProvider(openai_client=provider.openai()))
    await ask_pydantic(server, model)
    return provider.openai_tools()


async def pydantic_google(server):
    provider = Provider(GEMINI_ANSWER)
    await ask_pydantic(server, GoogleModel("gemini-2.5-flash", provider=GoogleProvider(client=provider.gemini())))
    return provider.gemini_tools()


async def ask_pydantic(server, model):
    config = {"mcpServers": {"fusionauth": {"command": server.command, "args": server.args, "env": server.env}}}
    await PydanticAgent(model, toolsets=[MCPToolset(config)]).run("hello")


class Server(StdioServerParameters):
    """How a client starts the server."""

    # What the AI SDK made of the tools, which runs in another process.
    ai_sdk: dict = {}

    def with_ai_sdk(self, tools):
        return self.model_copy(update={"ai_sdk": tools})


def stdio(binary, environment):
    return Server(command=binary, args=["--sandbox"], env=environment)
