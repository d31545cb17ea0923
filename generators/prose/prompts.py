"""The prompts: files beside this one, rendered in one place, versioned by their content."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generators.documents.text import plain
from generators.inference.language_model.budget import estimate_tokens
from models.records.document import CitedFact

_HERE = Path(__file__).parent
# Tokens of all facts in one prompt, so that the whole stays below 4,000 with the rules, the schema
# and the reason of a repair (issue 2, point 7).
_MOST_TOKENS = 2_900
_LONGEST_FACT = 400
# Prompts are plain text for a model; facts enter as values and are never a template.
_ENVIRONMENT = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(_HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@cache
def prompt_version(prompt: str) -> str:
    """Return 12 hex digits of a prompt and the rules that it includes."""
    files = (f"{prompt}.jinja2", "_rules.jinja2")
    return sha256(b"\0".join((_HERE / name).read_bytes() for name in files)).hexdigest()[:12]


def fitting(facts: Sequence[CitedFact]) -> dict[str, CitedFact]:
    """Return the facts that fit into one prompt, in order, under the short ids `f1`, `f2`, ..."""
    chosen: dict[str, CitedFact] = {}
    left = _MOST_TOKENS
    for fact in facts:
        alias, text = f"f{len(chosen) + 1}", plain(fact.text)[:_LONGEST_FACT]
        # The short id stands before the fact and once in the schema.
        left -= estimate_tokens(f'{alias}: {text} "{alias}",')
        if left < 0:
            break
        chosen[alias] = CitedFact(id=fact.id, text=text)
    return chosen


def render_prompt(prompt: str, facts: dict[str, CitedFact], most: int, **values: str) -> str:
    """Return a prompt with its facts; a fact that it needs and lacks is an error.

    `values` are further texts that the prompt names, such as a question; they are data too.
    """
    lines = [(alias, _inside(fact.text)) for alias, fact in facts.items()]
    told = {name: _inside(plain(text)) for name, text in values.items()}
    return _ENVIRONMENT.get_template(f"{prompt}.jinja2").render(facts=lines, most=most, **told)


def _inside(text: str) -> str:
    """Return a text that cannot end the marks that it stands between."""
    return text.replace(">>>", "")
