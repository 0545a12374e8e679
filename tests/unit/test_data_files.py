"""The YAML files that the packages carry: nothing twice, nothing missing, nothing unheard of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.core.outcome import Outcome
from flows.reports.brief.words import OUTCOMES, WORDS, read_words
from transforms.marts.report_claims import read_claims

ROOT = Path(__file__).parents[2]
ROOMS = ("flows", "extractors", "transforms", "schemas", "warehouse")
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.yml"))]
CLAIM = {"id": "x", "says": {"zh": "一", "en": "one"}, "figure": "annual_volume"}


def mappings_of(node: yaml.Node) -> dict[int, yaml.MappingNode]:
    """Every mapping under a node, once however many aliases lead to it."""
    found: dict[int, yaml.MappingNode] = {}
    children = node.value if isinstance(node, yaml.SequenceNode) else []
    if isinstance(node, yaml.MappingNode):
        found[id(node)] = node
        children = [child for _, child in node.value]
    for child in children:
        found |= mappings_of(child)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_key_stands_twice_in_a_mapping(path: Path) -> None:
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    assert root is not None
    for mapping in mappings_of(root).values():
        keys = [str(key.value) for key, _ in mapping.value]
        assert len(keys) == len(set(keys)), f"{mapping.start_mark}: {keys}"


@pytest.mark.parametrize(
    "said", ["{zh: 一}", "{zh: 一, en: }", "{zh: 一, en: 1}", "{zh: 一, en: one, fr: un}"]
)
@pytest.mark.parametrize(
    ("form", "name"), [("words: {{greeting: {}}}", "greeting"), ("words: [{}]", ".+")]
)
def test_a_word_that_lacks_a_language_is_named(
    tmp_path: Path, said: str, form: str, name: str
) -> None:
    path = tmp_path / "words.yml"
    path.write_text(form.format(said), encoding="utf-8")
    with pytest.raises(
        ValueError, match=rf"words\.yml, words: {name} must be said in zh and en: .*一"
    ):
        read_words(path)


def test_the_words_of_the_template_and_of_every_outcome_are_there() -> None:
    template = ROOT / "flows" / "reports" / "brief" / "brief.html.j2"
    used = set(re.findall(r"\bw\.(\w+)", template.read_text(encoding="utf-8"))) - {"get"}
    assert used, "the template takes its words from w"
    # Whose figures they are is said by the sources' declarations.
    assert used - {"credit"} <= WORDS["zh"].keys()
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert OUTCOMES["zh"].keys() == set(Outcome)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"says": None}, "says missing"),
        ({"says": {"zh": "一"}}, "says is wanted in zh and en"),
        ({"note": {"en": "one"}}, "note is wanted in zh and en"),
        ({"colour": "red"}, "nobody reads colour"),
        ({"figure": "annual_volme"}, "there is no key figure annual_volme"),
        ({"cites": [["nothing", "2024"]]}, "there is no key figure nothing"),
        ({"value": "much"}, "much is no number"),
        ({"value": "1", "at_least": "1"}, "a value or a lower bound"),
    ],
)
def test_a_claim_that_is_not_as_it_should_be_is_named(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    path = tmp_path / "claims.yml"
    entry = {name: what for name, what in (CLAIM | changed).items() if what is not None}
    path.write_text(yaml.safe_dump({"year": 2024, "claims": [entry]}), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape("claims.yml, x: ") + ".*" + told):
        read_claims(path)


def test_a_claims_numbers_are_exact_and_its_days_are_text(tmp_path: Path) -> None:
    path = tmp_path / "claims.yml"
    path.write_text(
        "year: 2023\nclaims:\n- {id: x, says: {zh: 一, en: one}, figure: low_close, "
        "period: 2024-12-18, at_least: 69.67, step: 0.01}\n",
        encoding="utf-8",
    )
    year, (claim,) = read_claims(path)
    assert (year, claim.period, str(claim.value), str(claim.step), claim.least) == (
        *(2023, "2024-12-18", "69.67", "0.01"),
        True,
    )
