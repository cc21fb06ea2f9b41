"""Conversations, runs and saved schemas, kept in a database."""

from service.store.answer_items import AnswerList, ItemField, answer_lists, item_rows
from service.store.answers import Answer, AnswerField, answer_fields, answer_of, compact, outcome_of
from service.store.conversation import OpenConversation
from service.store.expected import Expected, expected_problem
from service.store.files import Reference, StoredFile, reference_of
from service.store.library import Library
from service.store.receipt import Receipt
from service.store.run_rows import asked_last
from service.store.schema_values import AnsweredSchema, AnswerTable, SavedSchema, SchemaUse, SchemaVersion
from service.store.sending import is_answered
from service.store.values import ConversationSummary, RunFilters, RunView, ShownPath, StoredMessage, StoredRun

__all__ = [
    "Answer",
    "AnswerField",
    "AnswerList",
    "AnswerTable",
    "AnsweredSchema",
    "ConversationSummary",
    "Expected",
    "ItemField",
    "Library",
    "OpenConversation",
    "Receipt",
    "Reference",
    "RunFilters",
    "RunView",
    "SavedSchema",
    "SchemaUse",
    "SchemaVersion",
    "ShownPath",
    "StoredFile",
    "StoredMessage",
    "StoredRun",
    "answer_fields",
    "answer_lists",
    "answer_of",
    "asked_last",
    "compact",
    "expected_problem",
    "is_answered",
    "item_rows",
    "outcome_of",
    "reference_of",
]
