// The steps of the jobs: what a family's life consists of, saved values, and what an answer has to have.

/** All jobs with their steps: those of the families, then the others. */
export function expand({ families, jobs }) {
  return [...Object.entries(families).map(([name, family]) => ({ job: name, steps: life(family) })), ...jobs];
}

/** Create, refuse, read, patch, replace, search and delete an object. What is hidden is sent, and not answered. */
function life({ name, names, key, id, uuid, object, hidden, patch, search }) {
  const call = (verb) => `${verb}${name}`;
  const own = { [id]: uuid };
  // FusionAuth's clients name the id of an access control list differently in two of the methods.
  const read = id === "accessControlListId" ? { ipAccessControlListId: uuid } : own;
  const sent = { ...object, ...hidden };
  const changed = { ...object, ...patch };
  const steps = [
    { call: call("create"), with: { ...own, request: { [key]: sent } }, expect: { [key]: { ...object, id: uuid } } },
    { call: call("create"), with: { request: { [key]: {} } }, status: 400, expect: { fieldErrors: {} } },
    { call: call("create"), with: { ...own, request: { [key]: sent } }, status: 400, expect: { fieldErrors: {} } },
    { call: call("retrieve"), with: read, expect: { [key]: object } },
    { call: call("patch"), with: { ...own, request: { [key]: patch } }, expect: { [key]: changed } },
    { call: call("update"), with: { ...own, request: { [key]: sent } }, expect: { [key]: object } },
  ];
  if (search) {
    const request = { search: { orderBy: "id ASC", numberOfResults: 100 } };
    steps.push({ call: search, with: { request }, expect: { [names]: [{ id: uuid }] } });
  }
  steps.push({ call: call("delete"), with: read }, { call: call("retrieve"), with: read, status: 404 });
  return steps;
}

/** A value with every `$name` replaced by the saved value. */
export function fill(value, saved) {
  if (typeof value === "string" && value.startsWith("$")) return saved[value.slice(1)];
  if (Array.isArray(value)) return value.map((item) => fill(item, saved));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, saved)]));
  }
  return value;
}

/** The value at a path such as `users.0.id`. */
export function valueAt(value, path) {
  return path.split(".").reduce((inner, part) => inner?.[part], value);
}

/** Where a value lacks what is expected; every expected item of a list has to be somewhere in it. */
export function mismatch(expected, value, path = "answer") {
  if (Array.isArray(expected)) {
    if (!Array.isArray(value)) return `${path} is no list: ${JSON.stringify(value)}`;
    const missing = expected.find((item) => value.every((other) => mismatch(item, other) !== undefined));
    return missing === undefined ? undefined : `${path} lacks ${JSON.stringify(missing)}: ${JSON.stringify(value)}`;
  }
  if (expected && typeof expected === "object") {
    if (!value || typeof value !== "object") return `${path} is no object: ${JSON.stringify(value)}`;
    for (const [key, inner] of Object.entries(expected)) {
      const fault = mismatch(inner, value[key], `${path}.${key}`);
      if (fault) return fault;
    }
    return undefined;
  }
  return expected === value ? undefined : `${path} is ${JSON.stringify(value)}, not ${JSON.stringify(expected)}`;
}
