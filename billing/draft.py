"""From a month's usage to the lines and totals of its invoice, before it has a number.

Pure: the flow reads everything first and writes the result. Lines remember which entries they
account for, so that each opens its tickets and nothing is billed twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from billing.late import late_lines
from billing.meters import Meter, UsageFact, billed_seconds
from billing.periods import Period, period_of
from billing.plans import SubscribedPlan
from billing.rating import ChargedEntry, LineKind, PlanTerms, RatedLine, rate
from billing.tax import TaxCategory, TaxRate, TaxRule, Totals, document_totals, rule_on


@dataclass(frozen=True, slots=True)
class CountedEntry:
    """A usage entry by its id."""

    id: int
    fact: UsageFact


@dataclass(frozen=True, slots=True)
class MonthUsage:
    """A month with the plan of that month. `billed`: on invoices already; `unbilled`: not yet."""

    period: Period
    subscribed: SubscribedPlan
    billed: tuple[UsageFact, ...]
    unbilled: tuple[CountedEntry, ...]


@dataclass(frozen=True, slots=True)
class TaxTable:
    """The rates, and whose country and which category a document falls under."""

    rates: tuple[TaxRate, ...]
    country: str
    category: TaxCategory

    def rule(self, on: date) -> TaxRule:
        """What is levied on a supply of that day. Raises Refused where no rate is in force."""
        return rule_on(self.rates, country=self.country, category=self.category, on=on)


@dataclass(frozen=True, slots=True)
class EntryShare:
    """How much of an entry a line accounts for, in the meter's unit."""

    entry_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A rated line of the month in which it was used, with its tax and its entries."""

    line: RatedLine
    period: Period
    supplied_on: date
    tax: TaxRule
    entries: tuple[EntryShare, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice that has no number yet."""

    lines: tuple[DraftLine, ...]
    totals: Totals


def draft_invoice(
    usage: MonthUsage, late: Sequence[MonthUsage], *, taxes: TaxTable, closed_on: date
) -> Draft:
    """The invoice of a month, with what came too late for earlier ones.

    Tax by the date of supply: the last day of the month of use, or `closed_on` when that is
    earlier. What takes back usage of a closed month lowers the month that is billed now.
    """
    terms = usage.subscribed.plan.terms
    months = [replace(month, unbilled=_added(month)) for month in late]
    now_billed = _with_taken_back(usage, late)
    lines = _drafted(_month_lines(now_billed), now_billed, taxes=taxes, closed_on=closed_on)
    for month in months:
        lines += _drafted(_late_lines(month), month, taxes=taxes, closed_on=closed_on)
    totals = document_totals([(line.line.amount, line.tax) for line in lines], terms.currency)
    return Draft(lines, totals)


def by_month(entries: Iterable[CountedEntry], zone: str) -> dict[Period, tuple[CountedEntry, ...]]:
    """The entries by the month they happened in."""
    months: dict[Period, list[CountedEntry]] = defaultdict(list)
    for entry in entries:
        months[period_of(entry.fact.at, zone)].append(entry)
    return {period: tuple(kept) for period, kept in months.items()}


def _added(month: MonthUsage) -> tuple[CountedEntry, ...]:
    return tuple(entry for entry in month.unbilled if entry.fact.quantity >= 0)


def _with_taken_back(usage: MonthUsage, late: Sequence[MonthUsage]) -> MonthUsage:
    moved = tuple(
        replace(entry, fact=replace(entry.fact, at=usage.period.start))
        for month in late
        for entry in month.unbilled
        if entry.fact.quantity < 0
    )
    return replace(usage, unbilled=(*usage.unbilled, *moved))


def _month_lines(month: MonthUsage) -> tuple[RatedLine, ...]:
    return rate(
        month.subscribed.plan.terms,
        [entry.fact for entry in month.unbilled],
        period=month.period,
        fee_rule=month.subscribed.fee_rule_in(month.period),
        share=month.subscribed.share_of(month.period),
    )


def _late_lines(month: MonthUsage) -> tuple[RatedLine, ...]:
    return late_lines(
        month.subscribed.plan.terms,
        month.billed,
        [entry.fact for entry in month.unbilled],
        period=month.period,
        share=month.subscribed.share_of(month.period),
    )


def _drafted(
    lines: Iterable[RatedLine], month: MonthUsage, *, taxes: TaxTable, closed_on: date
) -> tuple[DraftLine, ...]:
    last_day = month.period.first_day.replace(day=month.period.days)
    supplied_on = min(last_day, closed_on)
    rule = taxes.rule(supplied_on)
    kept = tuple(lines)
    charged = {line.meter: line.charged for line in kept if line.kind is LineKind.OVERAGE}
    return tuple(
        DraftLine(
            line=line,
            period=month.period,
            supplied_on=supplied_on,
            tax=rule,
            entries=_entries_of(line, month, charged.get(line.meter, ())),
        )
        for line in kept
    )


def _entries_of(
    line: RatedLine, month: MonthUsage, charged: tuple[ChargedEntry, ...]
) -> tuple[EntryShare, ...]:
    counted = [entry for entry in month.unbilled if entry.fact.meter is line.meter]
    beyond = {entry.key: entry.quantity for entry in charged}
    if line.kind is LineKind.OVERAGE:
        ids = {entry.fact.key: entry.id for entry in counted}
        return tuple(EntryShare(ids[key], quantity) for key, quantity in beyond.items())
    terms = month.subscribed.plan.terms
    shares = [
        EntryShare(entry.id, _billed(entry.fact, terms) - beyond.get(entry.fact.key, 0))
        for entry in counted
    ]
    wholly_beyond = {entry.id for entry in counted if entry.fact.key in beyond}
    return tuple(share for share in shares if share.quantity or share.entry_id not in wholly_beyond)


def _billed(fact: UsageFact, terms: PlanTerms) -> int:
    if fact.meter is Meter.CALL_SECONDS:
        return billed_seconds(fact.quantity, terms.minute_rule)
    return fact.quantity
