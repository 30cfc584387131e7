"""A guess at the language of a text, enough to choose the words of a first answer.

Apart, because it is a table of small words, and a wrong guess costs little.
"""
# ruff: noqa: RUF001 - the words are in their own alphabets

import re
from collections import Counter

_TEXT_CHARS = 4_000
_LEAST_WORDS = 2
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CYRILLIC = re.compile("[а-я]")
_SMALL_WORDS = {
    "en": "the and is are you not for with have please we this hello thanks my can it our",
    "ru": "и не на что это как мы вы у нас по для здравствуйте спасибо добрый день пожалуйста но "
    "от был была если просьба",
    "uk": "і та не на що це як ми ви у нас для вітаю дякую добрий день будь ласка але від був була "
    "якщо прошу доброго дня є",
    "de": "und der die das ist nicht wir sie ich mit für auf bitte danke hallo ein eine zu den",
    "fr": "le la les et est pas nous vous je avec pour bonjour merci un une des que sur",
    "es": "el la los y es no nosotros usted con para por hola gracias un una que de favor",
    "it": "il la e è non noi con per buongiorno grazie un una che di sono della",
    "pl": "i nie jest się na do z dzień dobry proszę dziękuję w że to mamy",
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}


def guess_language(text: str) -> str:
    """ISO 639-1 code of the likeliest language, or "" when the text shows none."""
    words = Counter(_WORD.findall(text[:_TEXT_CHARS].lower()))
    score = {
        language: sum(count for word, count in words.items() if word in small)
        for language, small in _WORDS.items()
    }
    letters = "".join(words)
    score["uk"] += 3 * sum(letters.count(char) for char in "іїєґ")
    score["ru"] += 3 * sum(letters.count(char) for char in "ыэъё")
    if _CYRILLIC.search(letters):
        score["uk"] += 1
        score["ru"] += 1
    best = max(score, key=lambda language: score[language])
    return best if score[best] >= _LEAST_WORDS else ""
