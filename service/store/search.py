"""The search index: FTS5 on SQLite, `tsvector` on PostgreSQL, the same words in both."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from sqlalchemy import ARRAY, Connection, Select, Text, bindparam, cast, column, func, literal, select, table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from service.store.folding import PREFIX, search_words, words_of
from service.store.tables import WordsRow, table_of

__all__ = ["index_run", "matching", "run_words"]

MOST_BYTES = 800_000
"""What is indexed of a run at most; PostgreSQL refuses a megabyte."""

_OWNER_MARK = "\ue000"
"""Begins the word that says whose a run is; folding lets no such character into a word."""

_index = table("run_index", column("rowid"), column("words"))


def _storing(insert: Any, words: Any) -> Any:
    """Return the statement that puts words in the place of others; made once, for making it takes longer than it."""
    added = insert(table_of(WordsRow)).values(seq=bindparam("run_seq"), words=words)
    return added.on_conflict_do_update(index_elements=["seq"], set_={"words": added.excluded.words})


_INDEX_ON_SQLITE = _storing(sqlite.insert, bindparam("run_words"))
_INDEX_ON_POSTGRESQL = _storing(
    postgresql.insert, func.array_to_tsvector(cast(bindparam("run_words"), ARRAY(Text)), type_=TSVECTOR())
)


def index_run(connection: Connection, seq: int, owner: str, *, asked: str, answered: str) -> None:
    """Let a run be found by its prompt and its answer, and by nothing it was found by before."""
    words = run_words(owner, asked, answered)
    is_sqlite = connection.dialect.name == "sqlite"
    statement = _INDEX_ON_SQLITE if is_sqlite else _INDEX_ON_POSTGRESQL
    connection.execute(statement, {"run_seq": seq, "run_words": " ".join(words) if is_sqlite else words})


def run_words(owner: str, asked: str, answered: str) -> list[str]:
    """Return the words by which a run is found, whose it is among them."""
    words = [_owner_word(owner), *words_of(f"{asked}\n{answered}")]
    return words if 8 * (len(asked) + len(answered)) < MOST_BYTES else _limited(words)


def matching(dialect: str, owner: str, query: str) -> Select[tuple[int]] | None:
    """Return a query for the `seq` of an owner's runs that hold all these words; `None` where there is no word.

    Nothing of either database's own query language gets through: words hold letters and digits, and are quoted.
    """
    wanted = search_words(query)
    if not wanted:
        return None
    terms = [_owner_word(owner), *wanted]
    if dialect == "sqlite":
        found = " AND ".join(_fts5_term(term) for term in terms)
        return _select_seq(_index.c.rowid).select_from(_index).where(text("run_index MATCH :found")).params(found=found)
    found = " & ".join(_tsquery_term(term) for term in terms)
    return _select_seq(WordsRow.seq).where(WordsRow.words.op("@@")(cast(literal(found), TSQUERY)))


def _select_seq(seq: Any) -> Select[tuple[int]]:
    return select(seq.label("seq"))


def _fts5_term(word: str) -> str:
    plain = word.removesuffix(PREFIX).replace('"', '""')
    return f'"{plain}"*' if word.endswith(PREFIX) else f'"{plain}"'


def _tsquery_term(word: str) -> str:
    plain = word.removesuffix(PREFIX).replace("\\", "\\\\").replace("'", "''")
    return f"'{plain}':*" if word.endswith(PREFIX) else f"'{plain}'"


def _owner_word(owner: str) -> str:
    return _OWNER_MARK + blake2b(owner.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _limited(words: list[str]) -> list[str]:
    left, kept = MOST_BYTES, []
    for word in words:
        left -= len(word.encode()) + 4
        if left < 0:
            break
        kept.append(word)
    return kept
