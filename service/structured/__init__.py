"""Answers in a shape: read the JSON, check it against a schema, and say truthfully what it is worth.

Nothing here loads the validator before the first check, so importing is cheap.
"""

from service.structured.extract import JsonText, read_json
from service.structured.instruct import repair_instruction, schema_instruction
from service.structured.validate import validate
from service.structured.verdict import judge, judge_value

__all__ = [
    "JsonText",
    "judge",
    "judge_value",
    "read_json",
    "repair_instruction",
    "schema_instruction",
    "validate",
]
