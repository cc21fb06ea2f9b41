"""Imports run one way: app → pages → pages/parts → service."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN_IN_PAGES = {"openai", "httpx2", "httpx", "sqlalchemy", "starlette", "uvicorn"}
LOADED_LATE = [
    "streamlit",
    "starlette",
    "uvicorn",
    "json_repair",
    "jsonschema_rs",
    "tenacity",
    "sqlalchemy",
    "alembic",
    "psycopg",
    "structlog",
    "prometheus_client",
    "opentelemetry",
    "service.simulator",
    "service.store",
    "service.web",
]


@cache
def modules(folder: str) -> list[tuple[str, str]]:
    """Every import of a folder's modules, wherever it stands: who imports, and what."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    assert paths, folder
    return [(dotted(path), imported) for path in paths for imported in imports_of(path.read_text(encoding="utf-8"))]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where they lead"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_the_reader_of_imports_sees_every_form() -> None:
    """Also one inside a function, which is how libraries are loaded late."""
    source = "import a.b\nfrom c import d\ndef f():\n    from e.f import g as h"
    assert list(imports_of(source)) == ["a.b", "c", "c.d", "e.f", "e.f.g"]


def test_service_knows_neither_streamlit_nor_pages() -> None:
    """It is used from notebooks and scripts."""
    wrong = [pair for pair in modules("service") if any(is_in(pair[1], name) for name in ("streamlit", "pages", "app"))]
    assert wrong == []


def test_the_simulator_knows_nothing_else_of_service() -> None:
    """It stands for the server: what it shared with the client could be wrong on both sides."""
    others = [
        (name, imported)
        for name, imported in modules("service/simulator")
        if is_in(imported, "service") and imported != "service" and not is_in(imported, "service.simulator")
    ]
    assert [pair for pair in others if pair[1] != "service._version"] == []


def test_only_the_web_package_knows_starlette_and_the_simulator() -> None:
    """The rest of service starts without them."""
    wrong = [
        (name, imported)
        for name, imported in modules("service")
        if not is_in(name, "service.web") and not is_in(name, "service.simulator")
        if any(is_in(imported, package) for package in ("starlette", "uvicorn", "service.simulator", "service.web"))
    ]
    assert wrong == []


def test_pages_know_no_library_that_service_hides() -> None:
    """No SDK, no HTTP, no SQL in a page."""
    wrong = [pair for pair in modules("pages") if pair[1].partition(".")[0] in FORBIDDEN_IN_PAGES]
    assert wrong == []


def test_pages_get_the_service_through_two_doors() -> None:
    """The app's and the session's own work under AppTest too; others take values and errors from `service` itself."""
    wrong = [
        (name, imported)
        for name, imported in modules("pages")
        if name not in ("pages.parts.state", "pages.parts.session_key")
        if is_in(imported, "service.web") or imported in ("service.OpenRouterService", "service.openrouter")
    ]
    assert wrong == []


def test_parts_do_not_know_the_pages() -> None:
    """A page is made of parts, never the other way round."""
    wrong = [
        (name, imported)
        for name, imported in modules("pages/parts")
        if is_in(imported, "pages") and imported != "pages" and not is_in(imported, "pages.parts")
    ]
    assert wrong == []


def test_only_the_client_knows_the_sdk() -> None:
    """Everything else of service would work over another."""
    users = {name for name, imported in modules("service") if is_in(imported, "openai") or is_in(imported, "httpx2")}
    assert users == {"service.client"}


@pytest.mark.parametrize("module", LOADED_LATE)
def test_import_service_does_not_load(module: str, loaded_by_service: set[str]) -> None:
    """A script that sends one request does not wait for what it does not use."""
    assert module not in loaded_by_service


@pytest.fixture(scope="module")
def loaded_by_service() -> set[str]:
    """The modules that a fresh interpreter has loaded after `import service`."""
    code = "import sys, service; print('\\n'.join(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(answer.stdout.split())
    assert {"service.openrouter", "openai", "pydantic"} <= loaded
    return loaded
