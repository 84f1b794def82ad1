"""The sample shop's suites: format, counts, ids, facts that stand in the cited entries, own wording."""

from __future__ import annotations

import json
import re
import statistics
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from bot.evaluation.overlap import overlap
from bot.knowledge.load import shop_passages
from bot.shop.folder import load_shop
from bot.shop.vocabulary import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
PARTS = ("choose", "held-out")
SUITES = [(language, part) for language in LANGUAGES for part in PARTS]
# Tags of a line -> lines in each part.
WANTED = {
    ("answerable", "faq"): 16,
    ("answerable", "policy"): 14,
    ("unanswerable",): 10,
    ("near_miss",): 10,
    ("answerable", "follow_up"): 10,
}
EXPECTATIONS = {"command", "cites", "contains", "not_contains", "refused", "handoff", "language"}
MOST_OVERLAP = 0.25


def plain(text):
    """The form in which the contract compares texts: NFKC, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def found(pattern, text):
    return re.search(pattern, plain(text), re.IGNORECASE)


@cache
def suite(language, part):
    return read(f"sample.{language}.{part}.jsonl")


@cache
def read(name):
    return [json.loads(line) for line in (ROOT / "eval" / name).read_text(encoding="utf-8").splitlines()]


def every_line():
    return [line for language, part in SUITES for line in suite(language, part)] + read("sample.smalltalk.jsonl")


def answered(language, part):
    """(line, turn) for each turn that has an answer."""
    lines = suite(language, part)
    return [(line, turn) for line in lines for turn in line["turns"] if "cites" in turn["expect"]]


@cache
def shop():
    return load_shop(ROOT / "knowledge_base")


@cache
def entries():
    """(language, id) -> title and text."""
    return {(p.language, p.id): f"{p.title}\n{p.text}" for p in shop_passages(shop())}


def letters(text):
    return re.sub(r"\W", "", plain(text).lower())


def pairs_of_letters(text):
    """Two-letter pieces of Chinese, words of English: what `alike` counts."""
    if re.search(r"[一-鿿]", text):
        run = letters(text)
        return {run[i : i + 2] for i in range(len(run) - 1)}
    return set(re.findall(r"\w+", plain(text).lower()))


def alike(one, other):
    """Jaccard similarity (0..1) of two messages."""
    a, b = pairs_of_letters(one), pairs_of_letters(other)
    return len(a & b) / len(a | b) if a | b else 0.0


@pytest.mark.parametrize(("language", "part"), SUITES)
def test_counts(language, part):
    assert Counter(tuple(line["tags"]) for line in suite(language, part)) == WANTED


def test_ids_are_used_once():
    assert [i for i, n in Counter(line["id"] for line in every_line()).items() if n > 1] == []


@pytest.mark.parametrize(("language", "part"), SUITES)
def test_format(language, part):
    for line in suite(language, part):
        assert set(line) == {"id", "language", "tags", "turns"}, line["id"]
        assert line["language"] == language and line["id"].startswith(f"{language}-")
        assert (2 <= len(line["turns"]) <= 3) if "follow_up" in line["tags"] else len(line["turns"]) == 1, line["id"]
        for turn in line["turns"]:
            assert set(turn) == {"user", "expect"} and turn["user"].strip() == turn["user"] != ""
            check_expectations(line, turn["expect"])


def check_expectations(line, expect):
    assert set(expect) <= EXPECTATIONS, line["id"]
    if "answerable" not in line["tags"]:
        assert expect == {"refused": True}, line["id"]
        return
    assert expect["command"] == "Search" and expect["refused"] is False and expect["language"] == line["language"]
    assert expect["cites"] and expect["contains"], line["id"]
    assert len(expect["cites"]) == len(set(expect["cites"])), line["id"]
    for pattern in [*expect["contains"], *expect.get("not_contains", [])]:
        re.compile(pattern)
        assert unicodedata.normalize("NFKC", pattern) == pattern, f"{line['id']}: {pattern} can never match NFKC text"


@pytest.mark.parametrize(("language", "part"), SUITES)
def test_cited_entries_exist_and_hold_the_facts(language, part):
    wrong = []
    for line, turn in answered(language, part):
        expect = turn["expect"]
        for name in expect["cites"]:
            text = entries().get((language, name))
            if text is None:
                wrong.append(f"{line['id']}: no entry {name} in {language}")
                continue
            wrong += [f"{line['id']}: {name} lacks {p}" for p in expect["contains"] if not found(p, text)]
            wrong += [f"{line['id']}: {name} has {p}" for p in expect.get("not_contains", []) if found(p, text)]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_tags_say_where_the_answer_stands(language):
    """The first cited id is the entry that the question was written for."""
    policies = {p.id for p in shop().policies}
    for part in PARTS:
        for line, turn in answered(language, part):
            from_policy = turn["expect"]["cites"][0].partition("#")[0] in policies
            if "follow_up" not in line["tags"]:
                assert ("policy" in line["tags"]) == from_policy, line["id"]


def test_all_faq_entries_are_asked_about_and_in_one_part_only():
    asked = {
        part: {t["expect"]["cites"][0] for language in LANGUAGES for _, t in answered(language, part)} for part in PARTS
    }
    faq = {entry.id for entry in shop().faq}
    assert asked["choose"] & asked["held-out"] & faq == set()
    assert faq - asked["choose"] - asked["held-out"] == set()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_part_covers_every_topic(language, part):
    """Topics are the files of faq/ and policies/."""
    cited = {name for _, turn in answered(language, part) for name in turn["expect"]["cites"]}
    missing = {entry.file for entry in shop().faq} - {entry.file for entry in shop().faq if entry.id in cited}
    missing |= {p.id for p in shop().policies} - {name.partition("#")[0] for name in cited}
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_wording_is_not_the_entry_s(language, capsys):
    """Over all answerable turns; where several entries answer, the one that shares most counts."""
    for parts in (PARTS[:1], PARTS[1:], PARTS):
        shares = [
            max(overlap(turn["user"], entries()[language, name]) for name in turn["expect"]["cites"])
            for part in parts
            for _, turn in answered(language, part)
        ]
        median, mean = statistics.median(shares), statistics.mean(shares)
        with capsys.disabled():
            print(f"\n{language} {' + '.join(parts)}: word overlap median {median:.1%}, mean {mean:.1%}")
        assert median <= MOST_OVERLAP


def test_no_question_is_asked_twice():
    """Single questions of all suites, and the shop's own curated questions and intent examples."""
    asked = [(line["id"], line["turns"][0]["user"]) for line in every_line()]
    known = [q for entry in shop().faq for questions in entry.q.values() for q in questions]
    known += [q for intent in shop().intents for examples in intent.examples.values() for q in examples]
    close = [(a, b) for n, (a, x) in enumerate(asked) for b, y in asked[:n] if alike(x, y) > 0.5]
    close += [(name, k) for name, text in asked for k in known if alike(text, k) > 0.5]
    assert close == []


def test_small_talk():
    lines = read("sample.smalltalk.jsonl")
    assert Counter(line["language"] for line in lines) == {"zh": 10, "en": 10}
    for line in lines:
        (turn,) = line["turns"]
        expect = turn["expect"]
        assert expect["command"] in {"ChitChat", "Handoff", "CannotHandle"} <= set(COMMANDS)
        assert expect["language"] == line["language"]
        # Contract, section 6: `refused` is true for CannotHandle and wherever `handoff` is set.
        assert expect["refused"] is (expect["command"] != "ChitChat")
        assert expect.get("handoff", False) is (expect["command"] == "Handoff")
