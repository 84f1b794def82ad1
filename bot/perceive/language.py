"""Which language a message is in, from its scripts. Knows nothing of conversations.

Statistical detectors call "iPhone 15 Pro Max 有货吗" English; customers of Chinese shops write like that, so the ratio of
scripts decides.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from bot.text import CJK

Language = Literal["zh", "en"]
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*")
# One letter of an alphabet may be a product's ("α7"); kana, hangul and the like are text.
_OTHER = re.compile(
    r"[\u3040-\u30ff\uac00-\ud7af\u0e00-\u0e7f\u0900-\u097f]|[\u0400-\u04ff]{2,}|[\u0600-\u06ff]{2,}|[\u0590-\u05ff]{2,}|[\u0370-\u03ff]{2,}"
)
_FOREIGN = frozenset(
    "el la los las una por para que con está cuánto cuál dónde pedido gracias hola le les des une est "
    "pour avec où combien quel bonjour merci votre je tu nous vous mon ma mes notre veux voudrais puis "
    "peux pas du au aux cette quelle quels quand combien retourner livraison der die das und ist wie wo "
    "ich nicht mein meine wann kostet bitte guten haben kann kein eine einen für mit zurück lieferung mi "
    "mis quiero puedo cuándo cómo tiene devolver envío del il gli che come quanto dove grazie vorrei "
    "posso mio quando della não você onde obrigado meu minha quero posso como".split()
)
_ENGLISH = frozenset(
    "the a an is are do does can i you my your it how what when where which who why to for of and or in "
    "on with if have has not this that please order shipping return refund hi hello thanks want need "
    "will would be me we any there much many long".split()
)


# Characters that make a Chinese sentence; a Chinese product's name in an English one seldom has any.
_ZH_GRAMMAR = re.compile("[的了吗呢吧我你您是有没不在怎什多少几能可想要这那哪请给会退换帮买么嗎麼沒這請給會幫買幾]")


def detect(text: str) -> Language | None:
    """`zh` or `en`; None when the text has no letters to judge by, or is in another language (see `foreign`)."""
    text = unicodedata.normalize("NFKC", text)
    chinese = len(CJK.findall(text))
    words = _LATIN_WORD.findall(text)
    if foreign(text):
        return None
    english = sum(w.lower() in _ENGLISH for w in words)
    if chinese and bool(_ZH_GRAMMAR.search(text)) != (english >= 2):
        return "en" if english >= 2 else "zh"
    if chinese and chinese * 2 >= len(words):
        return "zh"
    # One short token such as "ok" or "A4" tells little, but it is the customer's own.
    return "en" if words and (len(words) > 1 or len(words[0]) > 1) else None


def foreign(text: str) -> bool:
    """Whether the text is mostly in a language that is neither Chinese nor English."""
    text = unicodedata.normalize("NFKC", text)
    other = sum(map(len, _OTHER.findall(text)))
    latin = [w.lower() for w in _LATIN_WORD.findall(text)]
    if other >= 2 and other * 2 >= len(CJK.findall(text)) and other >= len(latin):
        return True
    strange = sum(w in _FOREIGN for w in latin)
    return strange >= 2 and strange > sum(w in _ENGLISH for w in latin)
