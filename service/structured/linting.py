"""What the rules about schemas are made of: an issue, a fix for it, and the checks that several providers share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from service.structured.explain import explain
from service.structured.plainly import WHAT
from service.structured.scene import Scene, read_schema
from service.structured.walk import Node, Path, replaced, types_of
from service.structured.words import FORMATS, place, spelled

if TYPE_CHECKING:
    from jsonschema_rs import Validator

__all__ = [
    "HEADS",
    "Change",
    "Fix",
    "LintIssue",
    "Profile",
    "Rule",
    "at",
    "dangling",
    "fields_of",
    "format_other_than",
    "invalid",
    "invalid_in_its_draft",
    "is_object",
    "issue",
    "keywords",
    "levels",
    "listed",
    "outside",
    "together",
]

Profile = Literal["openai", "anthropic", "google", "generic"]
Change: TypeAlias = "Callable[..., Any]"
Check: TypeAlias = "Callable[[Scene], Iterator[LintIssue]]"

HEADS: Final = {"then": "if", "else": "if", "minContains": "contains", "maxContains": "contains"}
"""Keywords that depend on another beside them."""

_HARMLESS = ("examples", "deprecated", "readOnly", "writeOnly", "$comment", "$id")
_DRAFTS = ("draft-04", "draft-06", "draft-07", "2019-09", "2020-12")


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends one issue.

    Attributes:
        label: What a button says.
        path: The steps to the schema that is changed.
        change: Takes that schema, the whole document and `arguments`, and returns the new schema.
    """

    label: str
    path: Path
    change: Change
    arguments: tuple[Any, ...] = ()

    def apply(self, schema: Mapping[str, Any] | bool) -> Any:
        """Return a new, mended schema; the given one stays as it is.

        Raises:
            InvalidSchemaError: It has more than 50,000 characters or 64 levels, or is no schema at all.
        """
        document = read_schema(schema)
        return self.changed(document, Scene(document))

    def changed(self, document: Any, scene: Scene) -> Any:
        """Return the document with the change; the scene may be that of an earlier state."""
        return replaced(document, self.path, lambda found: self.change(found, scene, *self.arguments))


@dataclass(frozen=True, slots=True)
class LintIssue:
    """One thing about a schema: where (`properties.items[2]`, `""` for the whole), a sentence, and maybe a fix."""

    path: str
    message: str
    fix: Fix | None = None

    def __str__(self) -> str:
        return f"`{self.path}`: {self.message}" if self.path else self.message


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a provider refuses, or that is better otherwise, and how that is known.

    Attributes:
        check: Finds where a schema is against it.
        source: Who says so, and when; rules of providers change.
    """

    check: Check
    source: str


def issue(node: Node, message: str, label: str = "", change: Change | None = None, *arguments: Any) -> LintIssue:
    """Make an issue of one schema; with a label and a change it has a fix."""
    fix = Fix(label, node.path, change, arguments) if change is not None else None
    return LintIssue(place(node.path), message, fix)


def at(node: Node, *steps: str) -> str:
    """Name a keyword of a schema by its path."""
    return place((*node.path, *steps))


def is_object(node: Node) -> bool:
    """Whether values of this schema may be objects, as far as it names its types."""
    return "object" in types_of(node.schema)


def fields_of(node: Node) -> dict[str, Any]:
    """Return the fields that an object names."""
    named = node.schema.get("properties") if isinstance(node.schema, dict) else None
    return named if isinstance(named, dict) else {}


def keywords(said: str, refused: Iterable[str], change: Change, label: str, types: Iterable[str] = ()) -> Check:
    """Find keywords, in schemas of some types or of all; `said` begins the sentence, as "OpenAI does not accept"."""
    wanted = tuple(refused)
    of_types = frozenset(types)

    def check(scene: Scene) -> Iterator[LintIssue]:
        for node in scene.values:
            if isinstance(node.schema, dict) and (not of_types or of_types.intersection(types_of(node.schema))):
                for key in wanted:
                    if key in node.schema and HEADS.get(key) not in node.schema:
                        fix = Fix(label, node.path, change, (together(key),))
                        yield LintIssue(at(node, key), f"{said} {WHAT[key]}.", fix)

    return check


def together(key: str) -> tuple[str, ...]:
    """Return the keywords that mean nothing, or something else, without this one."""
    return (key, *(other for other, head in HEADS.items() if head == key))


def format_other_than(who: str, accepted: frozenset[str], change: Change) -> Check:
    """Find forms of a text that a provider does not know."""

    def check(scene: Scene) -> Iterator[LintIssue]:
        for node in scene.values:
            named = node.schema.get("format") if "string" in types_of(node.schema) else None
            if isinstance(named, str) and named not in accepted:
                fix = Fix("Say it in the description instead", node.path, change, (("format",),))
                what = FORMATS.get(named, f"the form {spelled(named)}")
                yield LintIssue(at(node, "format"), f"{who} does not accept this form of text: {what}.", fix)

    return check


def listed(names: Sequence[Any], at_most: int = 8) -> str:
    """Name some fields; a long list is cut."""
    more = len(names) - at_most
    words = ", ".join(spelled(name) for name in names[:at_most])
    return f"{words} and {more:,} more" if more > 0 else words


def outside(scene: Scene) -> Iterator[LintIssue]:
    """Find references that lead out of the schema."""
    for node, reference in _references(scene):
        if scene.is_outside(node):
            yield LintIssue(
                at(node, "$ref"),
                f"This refers to something outside the schema, {spelled(reference)}, and nobody fetches it. "
                "Copy it into the schema.",
            )


def dangling(scene: Scene) -> Iterator[LintIssue]:
    """Find references to what is not there."""
    for node, reference in _references(scene):
        if reference.startswith("#") and not scene.is_embedded(node) and scene.resolve(reference) is None:
            message = f"This refers to {spelled(reference)}, which is not in the schema."
            yield LintIssue(at(node, "$ref"), message)


def _references(scene: Scene) -> Iterator[tuple[Node, str]]:
    for node in scene.objects:
        if isinstance(reference := node.schema.get("$ref"), str):
            yield node, reference


def invalid(scene: Scene) -> Iterator[LintIssue]:
    """Find what is no schema at all, such as a type that does not exist; whatever draft it names, the newest holds."""
    for found in _violations(scene.document, _DRAFTS[-1]):
        # Lists of items by position were right in older drafts; that has a rule of its own.
        if not _is_old_tuple(found):
            yield found


def _is_old_tuple(found: LintIssue) -> bool:
    is_about_items = found.path.endswith("items") and not found.path.endswith("properties.items")
    return is_about_items and found.message.endswith(("got an empty list.", "got a list of 1 item.", " items."))


def invalid_in_its_draft(scene: Scene) -> Iterator[LintIssue]:
    """Find what is no schema at all in the draft that it names, else in the newest."""
    named = scene.document.get("$schema") if isinstance(scene.document, dict) else None
    draft = next((draft for draft in _DRAFTS if isinstance(named, str) and draft in named), _DRAFTS[-1])
    yield from _violations(scene.document, draft)


def _violations(document: Any, draft: str) -> Iterator[LintIssue]:
    validator = _meta_validator(draft)
    if validator.is_valid(document):
        return
    for found in explain(validator.iter_errors(document), {}, document):
        # Notes in another form than usual, such as a single example, harm nobody.
        if found.path.rpartition(".")[2] not in _HARMLESS:
            yield LintIssue(found.path, f"This is not valid in a schema: it {found.message}.")


@lru_cache(maxsize=len(_DRAFTS))
def _meta_validator(draft: str) -> Validator:
    # Not at the top: importing the service does not load the validator.
    import jsonschema_rs

    base = "https://json-schema.org/draft/" if draft.startswith("20") else "http://json-schema.org/"
    # Forms such as patterns are not looked at: whether they are accepted is the provider's own affair.
    name = f"{base}{draft}/schema"
    return jsonschema_rs.validator_for({"$schema": name, "$ref": name}, validate_formats=False)


def levels(scene: Scene) -> int:
    """Count how many lists and objects can stand inside each other; references are not followed."""
    # For each schema: how many stand around its value, and how many with itself.
    around: dict[Path, int] = {}
    within: dict[Path, int] = {}
    for node in scene.nodes:
        path = node.path
        above = next((path[:-count] for count in (1, 2) if path[:-count] in within), None)
        around[path] = 0 if above is None else (around if _is_same_value(path, above) else within)[above]
        within[path] = around[path] + _holds(node.schema)
    return max(within.values())


def _is_same_value(path: Path, above: Path) -> bool:
    return path[len(above)] in ("anyOf", "allOf", "oneOf", "not", "if", "then", "else", "$defs", "definitions")


def _holds(schema: Any) -> bool:
    return isinstance(schema, dict) and bool(
        {"object", "array"}.intersection(types_of(schema)) or "properties" in schema or "items" in schema
    )
