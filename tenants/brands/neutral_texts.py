"""The words that are said where a brand has none of its own, in every language of the product.

Apart because they are words, not rules. An answer has the name, the task in the requester's words,
the number and the promised time; no "problem", no "I cannot", and no name of the product.
"""

# ruff: noqa: RUF001 - Cyrillic letters are what Russian and Ukrainian are written in

from collections.abc import Mapping

# Kind and hours of a text, by the values of their enums.
TextKey = tuple[str, str]

NEUTRAL_TEXTS: Mapping[str, Mapping[TextKey, str]] = {
    "en": {
        ("greeting", "in_hours"): "Hello, {requester}. This is {brand}, {operator} speaking.",
        ("greeting", "out_of_hours"): (
            "Hello, {requester}. This is {brand}, {operator} speaking. Our office is closed now; "
            "I take your request and pass it on."
        ),
        ("acknowledgement", "in_hours"): (
            "Hello, {requester}.\n\n"
            "We have your request: “{task}”. Its number is {ticket}.\n\n"
            "{promise}\n\n"
            "To add something, just reply to this message."
        ),
        ("acknowledgement", "out_of_hours"): (
            "Hello, {requester}.\n\n"
            "We have your request: “{task}”. Its number is {ticket}. It reached us outside our "
            "working hours and is in our queue.\n\n"
            "{promise}\n\n"
            "To add something, just reply to this message."
        ),
        ("clarifying", "always"): (
            "Hello, {requester}.\n\n"
            "Could you tell us a little more about “{task}”? With that we can start on it at once."
        ),
        ("signature", "always"): "{operator}\n{brand}",
    },
    "ru": {
        ("greeting", "in_hours"): "Здравствуйте, {requester}. Это {brand}, меня зовут {operator}.",
        ("greeting", "out_of_hours"): (
            "Здравствуйте, {requester}. Это {brand}, меня зовут {operator}. Сейчас нерабочее "
            "время; я запишу ваше обращение и передам его."
        ),
        ("acknowledgement", "in_hours"): (
            "Здравствуйте, {requester}.\n\n"
            "Мы получили ваше обращение: «{task}». Его номер: {ticket}.\n\n"
            "{promise}\n\n"
            "Чтобы что-то добавить, просто ответьте на это письмо."
        ),
        ("acknowledgement", "out_of_hours"): (
            "Здравствуйте, {requester}.\n\n"
            "Мы получили ваше обращение: «{task}». Его номер: {ticket}. Оно пришло в нерабочее "
            "время и уже стоит в очереди.\n\n"
            "{promise}\n\n"
            "Чтобы что-то добавить, просто ответьте на это письмо."
        ),
        ("clarifying", "always"): (
            "Здравствуйте, {requester}.\n\n"
            "Не могли бы вы рассказать немного подробнее: «{task}»? Тогда мы сразу сможем начать."
        ),
        ("signature", "always"): "{operator}\n{brand}",
    },
    "uk": {
        ("greeting", "in_hours"): "Вітаю, {requester}. Це {brand}, мене звати {operator}.",
        ("greeting", "out_of_hours"): (
            "Вітаю, {requester}. Це {brand}, мене звати {operator}. Зараз неробочий час; "
            "я запишу ваше звернення і передам його."
        ),
        ("acknowledgement", "in_hours"): (
            "Вітаємо, {requester}.\n\n"
            "Ми отримали ваше звернення: «{task}». Його номер: {ticket}.\n\n"
            "{promise}\n\n"
            "Щоб щось додати, просто дайте відповідь на цей лист."
        ),
        ("acknowledgement", "out_of_hours"): (
            "Вітаємо, {requester}.\n\n"
            "Ми отримали ваше звернення: «{task}». Його номер: {ticket}. Воно надійшло в "
            "неробочий час і вже стоїть у черзі.\n\n"
            "{promise}\n\n"
            "Щоб щось додати, просто дайте відповідь на цей лист."
        ),
        ("clarifying", "always"): (
            "Вітаємо, {requester}.\n\n"
            "Чи не могли б ви розповісти трохи докладніше: «{task}»? Тоді ми одразу зможемо почати."
        ),
        ("signature", "always"): "{operator}\n{brand}",
    },
}

# What {promise} becomes: the longest time to a solution, or that it is being found out.
_PROMISED: Mapping[str, tuple[str, str]] = {
    "en": (
        "It will be solved by {by} at the latest.",
        "We are clarifying your question and will tell you when it will be solved.",
    ),
    "ru": (
        "Самое позднее время решения: {by}.",
        "Мы уточняем ваш вопрос и сообщим, когда он будет решён.",
    ),
    "uk": (
        "Найпізніший час вирішення: {by}.",
        "Ми уточнюємо ваше питання і повідомимо, коли його буде вирішено.",
    ),
}


def promise_sentence(language: str, *, by: str | None) -> str:
    """What {promise} becomes. `by`: the promised time in words; None while it is clarified."""
    promised, clarifying = _PROMISED.get(language) or _PROMISED["en"]
    return clarifying if by is None else promised.replace("{by}", by)
