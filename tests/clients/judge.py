"""What is lost when a client converts a tool, and what a provider refuses in the result."""

import re

TYPES = {"string", "number", "integer", "boolean", "array", "object"}

# What OpenAPI's subset for Gemini has (google-genai: `types.Schema`), in JSON's spelling.
GEMINI_KEYWORDS = {"type", "description", "properties", "required", "items", "enum", "format", "anyOf", "nullable", "title"}
# The formats that Gemini takes, by type ("only 'enum' and 'date-time' are supported for STRING type").
GEMINI_FORMATS = {
    "string": {"enum", "date-time"},
    "number": {"float", "double"},
    "integer": {"int32", "int64"},
}
# FunctionDeclaration.name and .parameters of google-genai and Vertex AI.
GEMINI_TOOL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.-]{0,63}")
GEMINI_ARGUMENT_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,63}")

# Structured outputs and function calling of OpenAI.
OPENAI_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
STRICT_KEYWORDS = {
    "type", "description", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "title", "format",
}
STRICT_FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}

# Property keys of Anthropic's `input_schema`.
ANTHROPIC_ARGUMENT_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")


def places(schema):
    """Each schema within one, with the path of the properties that lead to it. google-genai writes `any_of`."""
    pending = [("", schema)]
    while pending:
        path, one = pending.pop()
        yield path, one
        if not isinstance(one, dict):
            continue
        for name, inner in (one.get("properties") or {}).items():
            pending.append((f"{path}.{name}" if path else name, inner))
        if "items" in one:
            pending.append((f"{path}[]", one["items"]))
        for index, inner in enumerate(alternatives(one)):
            pending.append((f"{path}|{index}", inner))


def alternatives(schema):
    return schema.get("anyOf") or schema.get("any_of") or []


def kind(schema):
    return str(schema.get("type", "")).lower()


def is_open(schema):
    """Whether a model may give properties of its own choice in the object."""
    return kind(schema) == "object" and not schema.get("properties") and schema.get("additionalProperties") is not False


def lost(listed, converted):
    """What the listed schema has and the converted one has not."""
    after = dict(places(converted))
    for path, schema in places(listed):
        if path not in after:
            yield f"lost {path}"
            continue
        # The root of a tool without arguments is open to nothing. A string can hold an object as JSON, which the server reads:
        # what LangChain makes of an open object inside of an object.
        if path and is_open(schema) and not is_open(after[path]) and kind(after[path]) != "string":
            yield f"{path} is closed: nothing can be given in it"
        if missing := set(schema.get("required", [])) - set(after[path].get("required", [])):
            yield f"{path}: {sorted(missing)} no longer required"
        if path and schema.get("description", "") not in (after[path].get("description") or ""):
            yield f"{path}: the description is lost"


def refused_names(name, schema):
    """By `FunctionDeclaration`, whose `parametersJsonSchema` takes all of JSON Schema."""
    if not GEMINI_TOOL_NAME.fullmatch(name):
        yield "the tool's name is refused"
    for argument in schema.get("properties") or {}:
        if not GEMINI_ARGUMENT_NAME.fullmatch(argument):
            yield f"{argument}: the argument's name is refused"


def refused_by_gemini(name, schema):
    """By the OpenAPI subset of `FunctionDeclaration.parameters`."""
    yield from refused_names(name, schema)
    if kind(schema) != "object":
        yield "the root is no object"
    for path, one in places(schema):
        yield from (f"{path}: {reason}" for reason in refused_place(one))


def refused_place(schema):
    if alternatives(schema):
        # Vertex AI: "When using any_of, it must be the only field set." google-genai adds the type by itself.
        if beside := set(schema) - {"anyOf", "any_of", "type"}:
            yield f"{sorted(beside)} beside anyOf"
        return
    if unknown := set(schema) - GEMINI_KEYWORDS:
        yield f"unknown keywords {sorted(unknown)}"
    if kind(schema) not in TYPES:
        yield f"the type is {schema.get('type')!r}"
    if (form := schema.get("format")) and form not in GEMINI_FORMATS.get(kind(schema), set()):
        yield f"the format is {form}"
    if kind(schema) == "array" and not schema.get("items"):
        yield "no items"
    if "enum" in schema and (kind(schema) != "string" or not all(schema["enum"]) or not schema["enum"]):
        yield f"the enum is {schema['enum']}"
    if not set(schema.get("required") or []) <= set(schema.get("properties") or {}):
        yield "requires what is no property"


def refused_by_openai(name, schema, strict):
    if not OPENAI_TOOL_NAME.fullmatch(name):
        yield "the tool's name is refused"
    if schema.get("type") != "object" or {"anyOf", "oneOf", "allOf", "enum", "not"} & set(schema):
        yield "the root is no plain object"
    for path, one in places(schema):
        yield from (f"{path}: {reason}" for reason in refused_by_strict(one) if strict)
        if one.get("type") == "array" and "items" not in one:
            yield f"{path}: no items"


def refused_by_strict(schema):
    if unknown := set(schema) - STRICT_KEYWORDS:
        yield f"keywords {sorted(unknown)} in strict mode"
    if "anyOf" not in schema and not isinstance(schema.get("type"), (str, list)):
        yield "no type"
    if schema.get("format", "uuid") not in STRICT_FORMATS:
        yield f"the format is {schema['format']}"
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield "an open object in strict mode"
        if set(schema.get("required") or []) != set(schema.get("properties") or {}):
            yield "not everything is required"


def refused_by_anthropic(name, schema):
    """As it is listed: Claude's clients pass it on unchanged."""
    if not OPENAI_TOOL_NAME.fullmatch(name):
        yield "the tool's name is refused"
    if schema.get("type") != "object" or {"anyOf", "oneOf", "allOf"} & set(schema):
        yield "the root is no plain object"
    for argument in schema.get("properties") or {}:
        if not ANTHROPIC_ARGUMENT_NAME.fullmatch(argument):
            yield f"{argument}: the argument's name is refused"
