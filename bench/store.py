"""Searching a hundred thousand runs, and what it costs a run to be stored."""

import atexit
import shutil
import tempfile
from pathlib import Path

from bench.plan import Bench, Contender, Measure, Sizes

PLAIN = "not stored"
LIMIT_MS = 50.0


def benches(sizes: Sizes) -> list[Bench]:
    """Return the search, in a database that the first process makes, and the journal."""
    folder = Path(tempfile.mkdtemp(prefix="bench-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return [_search(sizes, folder), _journal(sizes, folder)]


def _search(sizes: Sizes, folder: Path) -> Bench:
    names = ("one hit", "hits in every second run", "next page of those", "beginning of a word")
    return Bench(
        title=f"Search over {sizes.stored_runs:,} runs on SQLite, 50 to a page",
        ours=Contender("store", "store_search", (folder / "search.sqlite3", sizes.stored_runs)),
        others=(),
        measures=tuple(Measure(name, "ms", {"": LIMIT_MS}) for name in names),
        expected={"runs": sizes.stored_runs, "found": [1, 50, 50, 50]},
    )


def _journal(sizes: Sizes, folder: Path) -> Bench:
    asked = (f"sim/bench:n={sizes.answer_chunks},ttft=0,itl={sizes.answer_pause_ms}", sizes.journalled)
    return Bench(
        title=f"Runs of {sizes.answer_chunks} chunks, {sizes.answer_pause_ms} ms apart, stored on SQLite",
        ours=Contender("stored", "store_journal", (*asked, folder)),
        others=(Contender(PLAIN, "store_journal", asked),),
        measures=(Measure("CPU per run", "ms", {PLAIN: 1.1}),),
        expected={"answers": sizes.journalled, "completion_tokens": sizes.journalled * sizes.answer_chunks},
    )
