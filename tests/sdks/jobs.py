"""Runs the jobs of jobs.json with FusionAuth's Python client against an instance. Prints what fails.

Usage: python jobs.py URL API_KEY      the last line is `N passed, M failed`
"""

import json
import pathlib
import subprocess
import sys

from fusionauth.fusionauth_client import FusionAuthClient

FOLDER = pathlib.Path(__file__).parent
# The jobs are laid out in one place.
LAY_OUT = "import {expand} from './steps.mjs'; import jobs from './jobs.json' with {type: 'json'}; console.log(JSON.stringify(expand(jobs)))"


def squeezed(name):
    """createOAuthScope and create_o_auth_scope are the same name."""
    return name.replace("_", "").lower()


def fill(value, saved):
    """A value with every `$name` replaced by the saved value."""
    if isinstance(value, str) and value.startswith("$"):
        return saved[value[1:]]
    if isinstance(value, list):
        return [fill(item, saved) for item in value]
    if isinstance(value, dict):
        return {key: fill(inner, saved) for key, inner in value.items()}
    return value


def value_at(value, path):
    """The value at a path such as `users.0.id`."""
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def mismatch(expected, value, path="answer"):
    """Where a value lacks what is expected; every expected item of a list has to be somewhere in it."""
    if isinstance(expected, list):
        if not isinstance(value, list):
            return f"{path} is no list: {value}"
        missing = [item for item in expected if all(mismatch(item, other) for other in value)]
        return f"{path} lacks {missing[0]}: {value}" if missing else None
    if isinstance(expected, dict):
        if not isinstance(value, dict):
            return f"{path} is no object: {value}"
        faults = (mismatch(inner, value.get(key), f"{path}.{key}") for key, inner in expected.items())
        return next((fault for fault in faults if fault), None)
    return None if expected == value else f"{path} is {value!r}, not {expected!r}"


def call(client, step, saved):
    """Calls a method with its arguments by name; returns status and body."""
    name = next((name for name in dir(client) if squeezed(name) == squeezed(step["call"])), None)
    if name is None:
        raise LookupError(f"the client has no {step['call']}")
    method = getattr(client, name)
    known = {squeezed(known): known for known in method.__code__.co_varnames[: method.__code__.co_argcount]}
    given = {known[squeezed(key)]: value for key, value in fill(step.get("with", {}), saved).items()}
    response = method(**given)
    body = response.success_response if response.was_successful() else response.error_response
    return response.status, body


def run(steps, clients):
    """Runs the steps of one job; returns what is wrong, if anything."""
    saved = {}
    for step in steps:
        try:
            status, body = call(clients[step.get("as", "default")], step, saved)
            fault = None if status == step.get("status", 200) else f"answered {status} {body}"
            if "expect" in step:
                fault = fault or mismatch(fill(step["expect"], saved), body)
            if not fault:
                saved.update({name: value_at(body, path) for name, path in step.get("save", {}).items()})
        except Exception as error:  # A job that the client cannot carry out has failed, whatever the reason.
            fault = repr(error)
        if fault:
            return f"{step['call']}: {fault}"
    return None


def main():
    url, key = sys.argv[1:]
    clients = {"default": FusionAuthClient(key, url), "wrong": FusionAuthClient("wrong", url)}
    laid_out = subprocess.run(["node", "--input-type=module", "--no-warnings", "--eval", LAY_OUT], cwd=FOLDER, check=True, capture_output=True)
    jobs = json.loads(laid_out.stdout)
    faults = {job["job"]: run(job["steps"], clients) for job in jobs}
    for job, fault in faults.items():
        if fault:
            print(f"{job}: {fault}")
    failed = sum(fault is not None for fault in faults.values())
    print(f"{len(jobs) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
