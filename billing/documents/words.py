"""What a document says, in the language it was issued in.

Apart from the translations of pages: a document keeps its words when a page is worded anew, and is
written where no page is.
"""
# ruff: noqa: RUF001 - the words are in their own alphabets

from dataclasses import dataclass

from billing.meters import Meter, Unit
from billing.rating import LineKind
from billing.tax import TaxCategory


@dataclass(frozen=True, slots=True)
class InvoiceWords:
    """Every word of an invoice in one language; braces are filled in."""

    title: str
    month: str
    issued_on: str
    due_on: str
    seller: str
    buyer: str
    lines: str
    position: str
    what: str
    quantity: str
    price: str
    tax: str
    amount: str
    net: str
    tax_on: str  # {tax} {base}
    total: str
    payment: str  # {label}
    fee: str  # {plan} {month}
    first_fee: str  # the same, promotional
    days: str  # {days} {of_days}
    titles: dict[tuple[LineKind, Meter], str]
    used: dict[Meter, str]  # {used} {included}
    late: str  # {title} {month}
    units: dict[Unit, str]
    taxes: dict[TaxCategory, str]  # {percent}
    reasons: dict[TaxCategory, str]  # why a rate of nothing


ENGLISH = InvoiceWords(
    title="Invoice",
    month="Month",
    issued_on="Date",
    due_on="To be paid by",
    seller="Seller",
    buyer="Buyer",
    lines="Services",
    position="No.",
    what="Service",
    quantity="Quantity",
    price="Price",
    tax="VAT",
    amount="Amount without VAT",
    net="Total without VAT",
    tax_on="{tax} on {base}",
    total="To be paid",
    payment="Please name {label} in the payment.",
    fee="{plan}: monthly fee, {month}",
    first_fee="{plan}: fee of the first month, {month}",
    days="{days} of {of_days} days",
    titles={
        (LineKind.ALLOWANCE, Meter.TICKETS): "Tickets within the allowance",
        (LineKind.OVERAGE, Meter.TICKETS): "Tickets beyond the allowance",
        (LineKind.ALLOWANCE, Meter.CALL_SECONDS): "Minutes of talk within the allowance",
        (LineKind.OVERAGE, Meter.CALL_SECONDS): "Minutes of talk beyond the allowance",
    },
    used={
        Meter.TICKETS: "{used} used, {included} included",
        Meter.CALL_SECONDS: "{used} min used, {included} min included",
    },
    late="{title}, {month} (became known later)",
    units={Unit.TICKET: "", Unit.MINUTE: "min", Unit.SECOND: "s"},
    taxes={
        TaxCategory.STANDARD: "VAT {percent}\N{NO-BREAK SPACE}%",
        TaxCategory.EXEMPT: "without VAT",
        TaxCategory.REVERSE_CHARGE: "reverse charge",
    },
    reasons={
        TaxCategory.EXEMPT: "Exempt from VAT.",
        TaxCategory.REVERSE_CHARGE: "Reverse charge: the recipient accounts for VAT.",
    },
)
RUSSIAN = InvoiceWords(
    title="Счёт",
    month="Месяц",
    issued_on="Дата",
    due_on="Оплатить до",
    seller="Исполнитель",
    buyer="Заказчик",
    lines="Услуги",
    position="№",
    what="Услуга",
    quantity="Количество",
    price="Цена",
    tax="НДС",
    amount="Сумма без НДС",
    net="Итого без НДС",
    tax_on="{tax} с {base}",
    total="К оплате",
    payment="Укажите в назначении платежа: {label}.",
    fee="{plan}: абонентская плата, {month}",
    first_fee="{plan}: плата за первый месяц, {month}",
    days="{days} из {of_days} дней",
    titles={
        (LineKind.ALLOWANCE, Meter.TICKETS): "Обращения в пределах пакета",
        (LineKind.OVERAGE, Meter.TICKETS): "Обращения сверх пакета",
        (LineKind.ALLOWANCE, Meter.CALL_SECONDS): "Минуты разговора в пределах пакета",
        (LineKind.OVERAGE, Meter.CALL_SECONDS): "Минуты разговора сверх пакета",
    },
    used={
        Meter.TICKETS: "использовано {used}, в пакете {included}",
        Meter.CALL_SECONDS: "использовано {used} мин, в пакете {included} мин",
    },
    late="{title}, {month} (стало известно позже)",
    units={Unit.TICKET: "", Unit.MINUTE: "мин", Unit.SECOND: "с"},
    taxes={
        TaxCategory.STANDARD: "НДС {percent}\N{NO-BREAK SPACE}%",
        TaxCategory.EXEMPT: "без НДС",
        TaxCategory.REVERSE_CHARGE: "обратное начисление",
    },
    reasons={
        TaxCategory.EXEMPT: "НДС не облагается.",
        TaxCategory.REVERSE_CHARGE: "НДС исчисляет получатель услуги (reverse charge).",
    },
)
UKRAINIAN = InvoiceWords(
    title="Рахунок",
    month="Місяць",
    issued_on="Дата",
    due_on="Сплатити до",
    seller="Виконавець",
    buyer="Замовник",
    lines="Послуги",
    position="№",
    what="Послуга",
    quantity="Кількість",
    price="Ціна",
    tax="ПДВ",
    amount="Сума без ПДВ",
    net="Разом без ПДВ",
    tax_on="{tax} з {base}",
    total="До сплати",
    payment="Вкажіть у призначенні платежу: {label}.",
    fee="{plan}: щомісячна плата, {month}",
    first_fee="{plan}: плата за перший місяць, {month}",
    days="{days} з {of_days} днів",
    titles={
        (LineKind.ALLOWANCE, Meter.TICKETS): "Звернення в межах пакета",
        (LineKind.OVERAGE, Meter.TICKETS): "Звернення понад пакет",
        (LineKind.ALLOWANCE, Meter.CALL_SECONDS): "Хвилини розмови в межах пакета",
        (LineKind.OVERAGE, Meter.CALL_SECONDS): "Хвилини розмови понад пакет",
    },
    used={
        Meter.TICKETS: "використано {used}, у пакеті {included}",
        Meter.CALL_SECONDS: "використано {used} хв, у пакеті {included} хв",
    },
    late="{title}, {month} (стало відомо пізніше)",
    units={Unit.TICKET: "", Unit.MINUTE: "хв", Unit.SECOND: "с"},
    taxes={
        TaxCategory.STANDARD: "ПДВ {percent}\N{NO-BREAK SPACE}%",
        TaxCategory.EXEMPT: "без ПДВ",
        TaxCategory.REVERSE_CHARGE: "зворотне нарахування",
    },
    reasons={
        TaxCategory.EXEMPT: "Не оподатковується ПДВ.",
        TaxCategory.REVERSE_CHARGE: "ПДВ нараховує отримувач послуги (reverse charge).",
    },
)
_WORDS: dict[str, InvoiceWords] = {"en": ENGLISH, "ru": RUSSIAN, "uk": UKRAINIAN}


def invoice_words(language: str) -> InvoiceWords:
    """The words of `language`; English where it is none of ours."""
    return _WORDS.get(language, ENGLISH)
