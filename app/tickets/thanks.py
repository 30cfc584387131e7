"""Whether somebody only says thank you, in English, Russian or Ukrainian.

Apart, because such an answer must not reopen a resolved ticket, and nothing else depends on words.
A wrong "no" costs a click; a wrong "yes" hides a cry for help: every word must be known to be kind.
"""
# ruff: noqa: RUF001 - the words are Cyrillic on purpose

import re

LONGEST = 400  # signs; nobody needs more to say only thank you


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


THANKS = _words("""
    thank thanks thx ty cheers appreciated
    спасибо спс благодарю благодарим благодарен благодарна
    дякую дякуємо дяка вдячний вдячна вдячні
""")
PLEASED = _words("""
    great perfect excellent awesome wonderful brilliant works worked working fixed solved resolved
    отлично прекрасно супер работает заработало заработал заработала помогло решено
    чудово працює запрацювало запрацював запрацювала допомогло вирішено
""")
FILLING = _words("""
    you u very much so a lot many again all everything it it's is that this now fine well good ok
    okay for your the help quick fast reply answer response support work job have nice day and to
    everyone team has been from me us i we got received confirmed confirm
    большое огромное вам вас тебе за помощь быстрый ответ быструю поддержку работу всё все теперь
    уже хорошо и ок окей да хорошего дня очень ещё еще раз коллеги сейчас нормально
    дуже тобі допомогу швидку відповідь підтримку роботу усе вже тепер добре й і та так гаразд
    гарного ще щиро колеги зараз велике
""")
_KIND_WORDS = THANKS | PLEASED | FILLING
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)?")
_FAREWELL = re.compile(
    r"^\s*(?:(?:best|kind|warm)\s+regards|regards|с\s+уважением|всего\s+доброго|"
    r"з\s+повагою|усього\s+найкращого|--)\b",
    re.IGNORECASE | re.MULTILINE,
)
_GREETING = re.compile(
    r"\s*(?:hi|hello|dear|здравствуйте|привет|добрый\s+(?:день|вечер)|вітаю|привіт|"
    r"добрий\s+(?:день|вечір)|доброго\s+(?:дня|вечора))\b(?:[^\S\n]+[^\W\d_]{1,30})?\s*[,!.]",
    re.IGNORECASE,
)


def is_only_thanks(text: str) -> bool:
    """Whether `text` thanks or says that it works now, and asks for nothing.

    A question mark, a digit or any word outside the three lists makes it more than thanks.
    """
    if len(text) > LONGEST or "?" in text:
        return False
    core = _without_frame(text)
    if any(sign.isdigit() for sign in core):
        return False
    words = [word.lower() for word in _WORD.findall(core)]
    if not all(word in _KIND_WORDS for word in words):
        return False
    return any(word in THANKS or word in PLEASED for word in words)


def _without_frame(text: str) -> str:
    """The text between a greeting with one name and a farewell, whose names nobody can list."""
    farewell = _FAREWELL.search(text)
    body = text[: farewell.start()] if farewell else text
    greeting = _GREETING.match(body)
    return body[greeting.end() :] if greeting else body
