"""The documentation keeps its word: examples run, links resolve, tables say what the code does."""

import contextlib
import dataclasses
import inspect
import io
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import service
from service import errors
from service.config import OpenRouterConfig, Setting, read_environment, settings
from service.store.settings import DATA_FOLDER
from service.structured.complete import StructuredAnswer
from service.web.settings import APP_SETTINGS
from service.wire.faults import STATUS_OF_TYPE, error_from_fault, read_fault

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
RUNNABLE = [ROOT / "README.md", ROOT / "docs" / "service.md", ROOT / "docs" / "telemetry.md"]
MAKE = re.compile(r"(?:^|`)(?:[A-Z_]+=\S+ )?make ((?:[A-Z]+=\S+ )*)([a-z]+)\b", re.MULTILINE)
KEY = "sk-or-v1-documentation"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of every row of every table."""
    for line in text.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def row_of(text: str, name: str) -> list[str]:
    """Return the cells behind the one row whose first cell is this name."""
    (found,) = [cells[1:] for cells in rows(text) if cells[0] == f"`{name}`"]
    return found


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the Python blocks of a page, each with the number of lines above it."""
    for found in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield text[: found.start(1)].count("\n"), found[1]


@pytest.mark.parametrize("page", RUNNABLE, ids=name_of)
def test_the_examples_run_and_print_what_stands_behind_the_arrows(page: Path, empty_folder: Path) -> None:
    """The blocks of a page run one after another, as a reader would run them."""
    namespace: dict[str, Any] = {"__name__": "example"}
    printed, promised = [], []
    for above, source in blocks(page.read_text(encoding="utf-8")):
        # With the lines above it, a traceback names the line of the page.
        code = compile("\n" * above + source, str(page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, namespace)
        printed += [f"line {above}: {line}" for line in out.getvalue().splitlines()]
        promised += [f"line {above}: {line}" for line in re.findall(r"# → (.*)$", source, re.MULTILINE)]
    assert printed == promised
    assert promised != []


def anchors(text: str) -> set[str]:
    """Return the anchors that a page's headings get: lower-case words joined by hyphens."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def is_broken(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return True
    return bool(anchor) and anchor not in anchors(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    """Files and headings that a page links to are there."""
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and is_broken(page, link)] == []


def test_a_link_to_nowhere_would_be_noticed() -> None:
    """A missing file and a missing heading both count as broken."""
    page = ROOT / "README.md"
    found = [is_broken(page, link) for link in ("docs/nowhere.md", "#nowhere", "#start", "docs/errors.md#retries")]
    assert found == [True, True, False, False]


def test_every_page_can_be_reached_from_the_index() -> None:
    """No page is written that nobody finds."""
    index = text_of("docs/index.md")
    wanted = {path.relative_to(ROOT / "docs").as_posix() for path in PAGES if (ROOT / "docs") in path.parents}
    assert {name for name in wanted - {"index.md"} if f"]({name})" not in index} == set()


def test_every_make_target_the_pages_name_exists() -> None:
    """A command copied from a page works."""
    answer = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    known = set(re.findall(r"^  make (\w+) ", answer.stdout, re.MULTILINE))
    named = {target for page in PAGES for _, target in MAKE.findall(page.read_text(encoding="utf-8"))}
    assert named - known == set()
    assert {"run", "test"} <= named


def test_every_public_name_is_on_the_page_about_the_service() -> None:
    """Whatever `from service import …` gives is explained."""
    page = text_of("docs/service.md")
    assert [name for name in service.__all__ if not re.search(rf"\b{name}\b", page)] == []


EXPLAINED = [
    service.OpenRouterService,
    service.OpenRouterConfig,
    service.ChatRequest,
    service.Message,
    service.ContentPart,
    service.Tool,
    service.ResponseFormat,
    service.ChatResult,
    service.Usage,
    service.Timings,
    service.ToolCall,
    service.Verdict,
    service.Issue,
    service.Run,
    service.ChatStream,
    service.Conversation,
    StructuredAnswer,
    service.ModelInfo,
    service.Pricing,
    service.CostEstimate,
    service.KeyStatus,
    service.Health,
    service.ErrorContext,
    service.TextDelta,
    service.ReasoningDelta,
    service.ToolCallDelta,
    service.AnnotationDelta,
    service.ImageDelta,
    service.Finished,
]
# With these the sender drives a run, and the pydantic classes keep what their class methods were given.
INNER = {
    service.Run: {
        "answer",
        "warnings",
        "begin_attempt",
        "will_retry",
        "waits_for",
        "replay",
        "cache",
        "publish",
        "outcome",
        "failed_outcome",
    },
    service.ContentPart: {"payload", "type"},
    service.Tool: {"extra", "name", "description"},
    service.ToolCall: {"parse"},
}


def members(kind: type) -> set[str]:
    """Return the public fields, attributes, properties and methods that a class defines itself."""
    fields = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    if kind is not service.OpenRouterConfig:  # its fields are the settings, which have a page of their own
        fields |= set(getattr(kind, "model_fields", {}))
    if not dataclasses.is_dataclass(kind) and "__init__" in vars(kind):
        fields |= set(re.findall(r"self\.(\w+)(?:: [^=\n]+)? = ", inspect.getsource(vars(kind)["__init__"])))
    defined = {name for name, value in vars(kind).items() if callable(value) or isinstance(value, property)}
    defined |= {name for name, value in vars(kind).items() if isinstance(value, classmethod | staticmethod)}
    return {name for name in fields | defined if not name.startswith(("_", "model_"))} - INNER.get(kind, set())


@pytest.mark.parametrize("kind", EXPLAINED, ids=lambda kind: kind.__name__)
def test_every_public_member_is_on_the_page_about_the_service(kind: type) -> None:
    """Fields and methods, in backticks."""
    page = text_of("docs/service.md")
    missing = [name for name in members(kind) if not re.search(rf"`[^`\n]*\b{name}\b[^`\n]*`", page)]
    assert missing == []


def test_the_members_that_are_looked_for_are_those_of_the_class() -> None:
    """The test above would notice a member that is missing on the page."""
    assert members(service.Issue) == {"path", "message"}
    assert {"generate", "close", "config", "runs"} <= members(service.OpenRouterService)
    assert {"state", "stop", "text"} <= members(service.Run)
    assert {"is_loopback", "from_env"} <= members(service.OpenRouterConfig)


def methods_shown() -> dict[str, str]:
    """Return the first cells of the page about the service that show a method with its arguments, by name."""
    cells = (cells[0] for cells in rows(text_of("docs/service.md")))
    return {cell.partition("(")[0].strip("`"): cell for cell in cells if "(" in cell}


METHODS = dict(inspect.getmembers(service.OpenRouterService, inspect.isfunction))
SHOWN = [name for name in methods_shown() if name in METHODS or name.startswith("_")]


@pytest.mark.parametrize("name", SHOWN)
def test_the_signatures_on_the_page_are_those_of_the_code(name: str) -> None:
    """Every argument of a method stands in its row, private ones too, in order."""
    arguments = list(inspect.signature(METHODS[name]).parameters)[1:]
    assert re.findall(r"(?:^|, )(?:\*, )?(\w+)", methods_shown()[name].partition("(")[2].rstrip("`)")) == arguments


def shown_setting(text: str, setting: Setting) -> list[str]:
    takes, *rest = row_of(text, setting.variable)
    return [takes] if setting.is_parameter else [takes, rest[0].strip("`")]


def test_the_tables_of_settings_say_what_the_code_takes() -> None:
    """Type, range and default of every setting."""
    page = text_of("docs/configuration.md")
    wanted = {item.variable: [item.takes] + [item.default] * (not item.is_parameter) for item in settings()}
    assert {item.variable: shown_setting(page, item) for item in settings()} == wanted


def example_settings() -> dict[str, str]:
    """Return the variables of .env.example, as they are once the # before them is gone."""
    return dict(re.findall(r"^#(OPENROUTER_\w+)=(.*)$", text_of(".env.example"), re.MULTILINE))


def test_the_example_of_the_settings_file_lists_every_setting() -> None:
    """Each commented out, with its default."""
    shown = {name: value.strip('"') for name, value in example_settings().items()}
    assert shown == {item.variable: item.default for item in settings()} | APP_SETTINGS | {DATA_FOLDER: "data"}


def test_the_example_of_the_settings_file_sets_nothing() -> None:
    """Copied as it is, it changes nothing."""
    assert read_environment({}, dotenv_path=ROOT / ".env.example", secrets_path=None) == {}


def test_the_example_without_its_comment_signs_gives_the_defaults(tmp_path: Path) -> None:
    """The values shown are valid, and are what applies anyway."""
    lines = [f"{name}={value}" for name, value in example_settings().items() if name != "OPENROUTER_API_KEY"]
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")
    read = OpenRouterConfig.from_env({}, dotenv_path=tmp_path / ".env", secrets_path=None, api_key=KEY)
    assert read == OpenRouterConfig(api_key=KEY)


def subclasses(kind: type[errors.OpenRouterError]) -> Iterator[type[errors.OpenRouterError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from subclasses(child)


def test_the_table_of_errors_has_every_class_with_its_hint() -> None:
    """And says whether it is retryable."""
    page = text_of("docs/errors.md")
    shown = {kind.__name__: row_of(page, kind.__name__)[-2:] for kind in subclasses(errors.OpenRouterError)}
    wanted = {
        kind.__name__: ["yes" if kind.default_retryable else "no", kind.default_hint]
        for kind in subclasses(errors.OpenRouterError)
    }
    assert shown == wanted


def test_the_tree_of_errors_is_that_of_the_code() -> None:
    """The same names, in the same order, at the same depth."""
    drawn = re.compile(r"^([│ ]*)[├└]── (\w+)", re.MULTILINE)
    in_code = [(len(bars.strip()), name) for bars, name in drawn.findall(inspect.cleandoc(errors.__doc__ or ""))]
    assert [(len(bars.strip()), name) for bars, name in drawn.findall(text_of("docs/errors.md"))] == in_code
    assert {name for _, name in in_code} == {kind.__name__ for kind in subclasses(errors.OpenRouterError)}


def class_for(status: int, metadata: Mapping[str, Any], *, in_body: bool) -> str:
    """Return the class of a provider's error with that status, or with that type inside a 200."""
    fault = read_fault({"error": {"message": "Provider returned error", "metadata": metadata}})
    assert fault is not None
    known = None if in_body else status
    return type(error_from_fault(fault, http_status=status, status=known, now=datetime.now(UTC))).__name__


@pytest.mark.parametrize("error_type", STATUS_OF_TYPE)
def test_the_tables_of_error_types_say_what_each_becomes(error_type: str) -> None:
    """The status it stands for and the class, alone inside a 200 and together with its status."""
    status, kind = row_of(text_of("docs/errors.md"), error_type)
    metadata = {"error_type": error_type}
    assert int(status) == STATUS_OF_TYPE[error_type]
    assert kind == f"`{class_for(200, metadata, in_body=True)}`"
    assert kind == f"`{class_for(int(status), metadata, in_body=False)}`"


def test_no_row_is_about_an_error_type_that_is_not_read() -> None:
    """OpenRouter's 27 and the words of others, and nothing else."""
    section = text_of("docs/errors.md").partition("## Error types")[2].partition("## Errors inside")[0]
    named = [cells[0].strip("`") for cells in rows(section) if cells[0].startswith("`") and cells[1].isdecimal()]
    assert sorted(named) == sorted(STATUS_OF_TYPE)


def statuses() -> list[tuple[int, str]]:
    """Return the plain rows of the table of statuses: a status and its first class."""
    section = text_of("docs/errors.md").partition("## Which class a status becomes")[2].partition("\n## ")[0]
    found = []
    for status, kind in (cells[:2] for cells in rows(section)):
        first = re.match(r"`(\w+)`", kind)
        found += [(int(number), first[1]) for number in re.findall(r"\b\d{3}\b", status) if first]
    return found


@pytest.mark.parametrize(("status", "kind"), statuses())
def test_the_table_of_statuses_says_what_each_becomes(status: int, kind: str) -> None:
    """Without any word of a provider."""
    assert class_for(status, {}, in_body=False) == kind


def test_decisions_are_numbered_and_short() -> None:
    """A record has context, decision and consequences, in at most 30 lines."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert re.findall(r"^## (\w+)", "\n".join(lines), re.MULTILINE) == ["Context", "Decision", "Consequences"]
        assert lines[0].startswith(f"# {path.name[:4]} ")
        assert len(lines) <= 30, path.name
