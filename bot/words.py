"""Content words of Chinese and English text, for lexical matching and overlap. Knows nothing of shops or vectors."""

from __future__ import annotations

import re
import unicodedata

_EN_STOP = frozenset(
    "a an the i im i'm ive i've my me mine we our you your u ur it its it's is are was were be been am "
    "do does did don't dont didn't have has had can could will would should shall may might must if when "
    "how what which who where why that this these those there here to of in on at for from by with "
    "without about into up out off over so and or but not no nor as than then too just also only any "
    "some all more most much many get gets got go goes going one ones thing hi hey hello please thanks "
    "thank ok okay what's whats that's thats there's can't cant won't wont isn't isnt they them their he "
    "she his her him us".split()
)
_ZH_STOP = frozenset(
    "的 了 是 我 你 您 他 她 它 们 我们 你们 他们 在 有 没 没有 不 吗 呢 吧 啊 呀 么 嘛 这 那 这个 那个 "
    "哪 什么 怎么 多少 几 能 可以 会 要 想 就 都 也 还 再 又 和 跟 与 或 把 被 给 对 到 从 用 去 来 上 "
    "下 里 个 一 一个 一下 请问 请 好 很 太 如果 要是 的话 因为 所以 但是 但 而 得 地 着 过 说 看 买 问 "
    "咱 俺 啥 咋 哦 哈 诶 嗯 那么 这么 怎样 是不是 能不能 可不可以 年 月 日 天".split()
)
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[一-鿿]+")


def content_words(text: str) -> set[str]:
    """The words of `text` that carry meaning, lowercased; English words are cut to a five-letter stem, Chinese ones segmented."""
    import rjieba

    words: set[str] = set()
    # Phones write don’t with a curly apostrophe and input methods ＡＢＣ in full width.
    for token in _TOKEN.findall(unicodedata.normalize("NFKC", text).lower().replace("’", "'")):
        if "一" <= token[0] <= "鿿":
            words.update(w for w in rjieba.cut(token) if w not in _ZH_STOP)
        elif token not in _EN_STOP:
            words.add(token[:5] if token[0].isalpha() else token)
    return words


def is_content(piece: str) -> bool:
    """Whether a tokenizer's piece carries meaning: no stop word, particle or punctuation."""
    plain = piece.lstrip("▁").lower()
    return bool(_TOKEN.fullmatch(plain)) and plain not in _EN_STOP and plain not in _ZH_STOP
