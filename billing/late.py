"""Usage that became known after its month was closed: what it adds at that month's prices.

Apart from rating because it is a difference of two ratings: with the late usage and without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from billing.meters import Meter, UsageFact
from billing.money import Money
from billing.periods import Period
from billing.proration import Share, prorated_allowance
from billing.rating import LineKind, PlanTerms, RatedLine, rate

LineKey = tuple[LineKind, Meter | None]


def late_lines(
    terms: PlanTerms,
    billed: Sequence[UsageFact],
    late: Sequence[UsageFact],
    *,
    period: Period,
    share: Share,
) -> tuple[RatedLine, ...]:
    """The lines that `late` adds to `period`, which was billed for `billed`; its fee is paid.

    Per meter with late usage the part within what was left of the allowance, at 0, and the part
    beyond it. Quantities and sums are exactly those by which the month's own lines would have been
    higher. `late` holds no entry that takes usage back.
    """
    before = _by_key(rate(terms, billed, period=period, share=share))
    together = rate(terms, (*billed, *late), period=period, share=share)
    beyond = _by_key(rate(_with_rest(terms, before, share), late, period=period))
    meters = {fact.meter for fact in late}
    return tuple(
        _difference(line, before.get((line.kind, line.meter)), beyond.get((line.kind, line.meter)))
        for line in together
        if line.meter in meters and (line.kind is LineKind.ALLOWANCE or _key(line) in beyond)
    )


def _key(line: RatedLine) -> LineKey:
    return line.kind, line.meter


def _by_key(lines: Sequence[RatedLine]) -> Mapping[LineKey, RatedLine]:
    return {_key(line): line for line in lines}


def _with_rest(terms: PlanTerms, before: Mapping[LineKey, RatedLine], share: Share) -> PlanTerms:
    """The terms with only what is left of each allowance."""
    rest = [
        replace(
            price,
            included=max(0, prorated_allowance(price.included, share) - _used(before, price.meter)),
        )
        for price in terms.prices
    ]
    return replace(terms, prices=tuple(rest))


def _used(before: Mapping[LineKey, RatedLine], meter: Meter) -> int:
    return int(dict(before[LineKind.ALLOWANCE, meter].derivation)["used"])


def _difference(line: RatedLine, before: RatedLine | None, beyond: RatedLine | None) -> RatedLine:
    """By how much `line` is higher than `before`; the entries that caused it are of `beyond`."""
    paid = before.amount if before else Money(0, line.amount.currency)
    return replace(
        line,
        quantity=line.quantity - (before.quantity if before else 0),
        amount=line.amount - paid,
        charged=beyond.charged if beyond else (),
    )
