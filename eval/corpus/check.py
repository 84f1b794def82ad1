"""Checks the corpus of shop talk and prints its figures: lexical overlap, duplicates, distinct n-grams.

    python eval/corpus/check.py [SHOP ...]

Exit code 1 when a line breaks the format that README.md here describes.
"""

from __future__ import annotations

import json
import statistics
import sys
import unicodedata
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.evaluation.overlap import overlap

SHOPS = Path(__file__).resolve().parent / "shops"
KINDS = {"unanswerable", "near_miss", "false_premise", "follow_up"}
WANTED = {"unanswerable": 10, "near_miss": 10, "false_premise": 5, "follow_up": 5}


def read(path: Path, problems: list[str]) -> list[dict]:
    rows = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            problems.append(f"{path.name}:{n}: not JSON ({error})")
    return rows


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().replace(",", "")


def check_entries(rows: list[dict], shop: str, problems: list[str]) -> None:
    ids = {lang: [r["id"] for r in rows if r["lang"] == lang] for lang in ("zh", "en")}
    for lang, seen in ids.items():
        problems += [f"{shop}/{lang}: id {i} twice" for i, c in Counter(seen).items() if c > 1]
    problems += [f"{shop}: {i} is in one language only" for i in sorted(set(ids["zh"]) ^ set(ids["en"]))]
    for r in rows:
        where = f"{shop}/{r['lang']}/{r['id']}"
        if r.get("kind") not in {"faq", "policy", "table"}:
            problems.append(f"{where}: kind must be faq, policy or table")
        for q in r["q"]:
            if not isinstance(q, dict) or not q.get("text") or not q.get("facts"):
                problems.append(f"{where}: a question needs text and facts")
                continue
            for fact in q["facts"]:
                if not any(plain(alternative) in plain(r["text"]) for alternative in fact.split("|")):
                    problems.append(f"{where}: fact {fact!r} of {q['text']!r} does not stand in the entry")


def check_questions(rows: list[dict], shop: str, ids: set[str], problems: list[str]) -> None:
    for lang in ("zh", "en"):
        count = Counter(r.get("kind") for r in rows if r.get("lang") == lang)
        problems += [f"{shop}/{lang}: {count[k]} {k}, wanted {n}" for k, n in WANTED.items() if count[k] != n]
    for r in rows:
        where = f"{shop}/{r.get('lang')}: {r.get('text')!r}"
        if r.get("kind") not in KINDS:
            problems.append(f"{where}: kind {r.get('kind')!r}")
        wanted = {"near_miss": "near_id", "false_premise": "answer_id", "follow_up": "answer_id"}.get(r.get("kind", ""))
        if wanted and r.get(wanted) not in ids:
            problems.append(f"{where}: {wanted} {r.get(wanted)!r} is no entry")
        if r.get("kind") == "follow_up" and not r.get("history"):
            problems.append(f"{where}: a follow-up needs history")


def figures(rows: list[dict], lang: str) -> str:
    pairs = [(q["text"], r["title"] + "\n" + r["text"]) for r in rows if r["lang"] == lang for q in r["q"]]
    shares = sorted(overlap(q, t) for q, t in pairs)
    texts = [plain(q) for q, _ in pairs]
    grams = [
        t[i : i + 3] if lang == "zh" else " ".join(t.split()[i : i + 3])
        for t in texts
        for i in range(len(t if lang == "zh" else t.split()) - 2)
    ]
    none = sum(s == 0 for s in shares) / len(shares)
    return (
        f"{lang}: {len(pairs)} questions, overlap median {statistics.median(shares):.0%}, no shared content word {none:.0%}, "
        f"duplicates {len(texts) - len(set(texts))}, distinct trigrams {len(set(grams)) / max(1, len(grams)):.0%}"
    )


def main(names: list[str]) -> int:
    problems: list[str] = []
    every: list[dict] = []
    for folder in sorted(p for p in SHOPS.iterdir() if p.is_dir() and (not names or p.name in names)):
        entries = read(folder / "entries.jsonl", problems)
        check_entries(entries, folder.name, problems)
        if (folder / "questions.jsonl").exists():
            check_questions(
                read(folder / "questions.jsonl", problems), folder.name, {r["id"] for r in entries}, problems
            )
        else:
            problems.append(f"{folder.name}: questions.jsonl is missing")
        every += entries
        print(folder.name, len(entries), "entries")
        for lang in ("zh", "en"):
            print("  " + figures(entries, lang))
    if len({r["shop"] for r in every}) > 1:
        print("all")
        for lang in ("zh", "en"):
            print("  " + figures(every, lang))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
