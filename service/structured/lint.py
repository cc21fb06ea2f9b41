"""What a provider refuses in a schema, and what else is worth changing, each with a fix where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from service.structured.advice import ADVICE
from service.structured.linting import LintIssue, Profile, Rule
from service.structured.rules_anthropic import ANTHROPIC
from service.structured.rules_google import GENERIC, GOOGLE
from service.structured.rules_openai import OPENAI
from service.structured.scene import Scene, read_schema

__all__ = ["REFUSALS", "advise_schema", "apply_fixes", "lint_schema", "profile_for"]

REFUSALS: Final[Mapping[Profile, tuple[Rule, ...]]] = {
    "openai": OPENAI,
    "anthropic": ANTHROPIC,
    "google": GOOGLE,
    "generic": GENERIC,
}
"""What each provider refuses."""

_MAX_ROUNDS = 50
_OPEN_WEIGHTS = ("openai/gpt-oss", "google/gemma")


def lint_schema(schema: Mapping[str, Any] | bool, profile: Profile) -> list[LintIssue]:
    """Return what a provider would refuse a schema for; an empty list when it would take it.

    Args:
        schema: The schema that is to be sent.
        profile: Who is to read it; `profile_for` tells for a model.

    Raises:
        InvalidSchemaError: It has more than 50,000 characters or 64 levels, or is no schema at all.
    """
    return _issues(Scene(read_schema(schema)), REFUSALS[profile])


def advise_schema(schema: Mapping[str, Any] | bool, profile: Profile) -> list[LintIssue]:
    """Return what is accepted and still better otherwise: what is ignored, and what models stumble over.

    Raises:
        InvalidSchemaError: It has more than 50,000 characters or 64 levels, or is no schema at all.
    """
    return _issues(Scene(read_schema(schema)), ADVICE[profile])


def apply_fixes(schema: Mapping[str, Any] | bool, profile: Profile) -> Any:
    """Return a schema with every refusal mended that has a fix; the given one stays as it is.

    Raises:
        InvalidSchemaError: It, or the mended one, has more than 50,000 characters or 64 levels, or it is no schema.
    """
    document = read_schema(schema)
    scene = Scene(document)
    for _ in range(_MAX_ROUNDS):
        fixes = [issue.fix for issue in _issues(scene, REFUSALS[profile]) if issue.fix is not None]
        if not fixes:
            break
        # The innermost first: a change further out may move what is inside.
        for fix in sorted(fixes, key=lambda fix: -len(fix.path)):
            document = fix.changed(document, scene)
        document = read_schema(document, "The mended schema")
        scene = Scene(document)
    return document


def profile_for(model: str) -> Profile:
    """Return whose rules hold for a model id, such as `openai/gpt-4o:extended` or `~anthropic/claude-latest`.

    Open models that others serve, such as `openai/gpt-oss-120b`, follow no rules of their maker's.
    """
    base = model.partition(":")[0].lower().lstrip("~").removeprefix("openrouter/")
    if base.startswith(_OPEN_WEIGHTS):
        return "generic"
    vendors: Mapping[str, Profile] = {"openai": "openai", "anthropic": "anthropic", "google": "google"}
    return vendors.get(base.partition("/")[0], "generic") if "/" in base else "generic"


def _issues(scene: Scene, rules: Iterable[Rule]) -> list[LintIssue]:
    return [issue for rule in rules for issue in rule.check(scene)]
