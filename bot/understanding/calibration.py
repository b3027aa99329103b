"""What each part counts and from which chance on to act, chosen on phrases that had not been learnt from."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.matcher import NEED_BEHIND, blend, with_needs_of_dangers
from bot.understanding.model import DANGER, EVERYWHERE, NEED, TALK, Floats, Thresholds
from bot.understanding.network import Integers, softmax
from bot.understanding.phrases import OUTSIDE

Names = npt.NDArray[np.str_]

FIRST_STEP, LAST_STEP = 0.2, 0.02
HOLD = 60.0  # phrases' worth of doubt whether a language differs from the others

LEAST_OF_PART = 0.85  # one of several needs, heard in a few words
RIGHT_WHEN_SURE = 0.95
SAME_WHEN_ENOUGH = 0.99
OUTSIDE_ANSWERED, OUTSIDE_OFFERED = 0.037, 0.13  # a third of the jokes among them also ask for something
FALSE_ALARMS, FALSE_DOUBTS = 0.011, 0.06  # of phrases about needs; many are written to sound like danger
ALARMS_BEHIND = 0.2  # of phrases about a need behind a danger: there an alarm too many does least harm


def mixes_of(
    logits: Sequence[Floats], of_class: Integers, languages: Names
) -> Mapping[str, tuple[float, ...]]:
    """Find what each part counts: in all languages together, and in each."""
    everywhere = _best_mix(logits, of_class, np.full(len(logits), 0.5, np.float64), 0.0)
    found = {EVERYWHERE: tuple(round(float(share), 3) for share in everywhere)}
    for language in dict.fromkeys(languages.tolist()):
        there = languages == language
        own = _best_mix([part[there] for part in logits], of_class[there], everywhere, HOLD)
        found[language] = tuple(round(float(share), 3) for share in own)
    return found


def _best_mix(
    logits: Sequence[Floats], of_class: Integers, start: npt.NDArray[np.float64], hold: float
) -> npt.NDArray[np.float64]:
    here = np.arange(len(of_class))

    def loss(shares: npt.NDArray[np.float64]) -> float:
        mixed = blend(logits, shares.tolist())
        mixed -= mixed.max(1, keepdims=True)
        surprise = np.log(np.exp(mixed).sum(1)) - mixed[here, of_class]
        return float(surprise.sum()) + hold * float(((shares - start) ** 2).sum())

    best, least, step = start, loss(start), FIRST_STEP
    while step > LAST_STEP:
        better = False
        for place in range(len(start)):
            for way in (step, -step):
                tried = best.copy()
                tried[place] = max(tried[place] + way, 0.0)
                if (value := loss(tried)) < least - 1e-6:
                    best, least, better = tried, value, True
        if not better:
            step /= 2
    return best


def choose_thresholds(
    logits: Floats,
    of_class: Integers,
    classes: Sequence[str],
    languages: Names,
    fitting: npt.NDArray[np.bool_],
) -> tuple[Thresholds, dict[str, Any]]:
    """Choose the thresholds of one set of parts, and say how well it then does.

    Args:
        logits: how strongly each phrase speaks for each class, by what was learnt from others.
        of_class: the class of each phrase.
        classes: their names.
        languages: the language of each phrase.
        fitting: which classes each phrase belongs to: several where it holds several needs.
    """
    chances = softmax(logits)
    kinds = {
        kind: np.array([name.startswith(kind) for name in classes]) for kind in (NEED, DANGER, TALK, OUTSIDE)
    }
    is_kind = {kind: columns[of_class] for kind, columns in kinds.items()}
    danger = chances[:, kinds[DANGER]].sum(1)
    calm = with_needs_of_dangers(chances, classes)
    needs = np.where(kinds[NEED], calm, -1)
    order = np.argsort(-needs, axis=1, kind="stable")[:, :3]
    top = needs.max(1)
    hits: npt.NDArray[np.bool_] = np.take_along_axis(fitting, order, 1)
    right = hits[:, 0]
    asked, outside = is_kind[NEED], is_kind[OUTSIDE]
    behind = np.isin(np.array(classes)[of_class], [NEED + need for need in NEED_BEHIND.values()])
    calm_needs = danger[asked & ~behind]
    sure = max(_least_precise(top[asked], right[asked]), _most_passing(top[outside], OUTSIDE_ANSWERED))
    maybe = min(_most_passing(top[outside], OUTSIDE_OFFERED), sure)
    thresholds = Thresholds(
        sure=round(sure, 3),
        maybe=round(maybe, 3),
        part=round(max(sure, LEAST_OF_PART), 3),
        talk=0.5,
        ring=round(
            max(_most_passing(calm_needs, FALSE_ALARMS), _most_passing(danger[behind], ALARMS_BEHIND)), 3
        ),
        doubt=round(_most_passing(calm_needs, FALSE_DOUBTS), 3),
    )
    three = np.asarray(hits.any(1))
    figures: dict[str, Any] = {
        "right first": {EVERYWHERE: _share(right[asked])},
        "in the first three": {EVERYWHERE: _share(three[asked])},
        "answered when asked": _share(top[asked] >= sure),
        "right when answered": _share(right[asked & (top >= sure)]),
        "outside answered": _share(top[outside] >= sure),
        "outside offered": _share(top[outside] >= maybe),
        "danger by weight": _share(danger[is_kind[DANGER]] >= thresholds.ring),
        "danger in doubt": _share(danger[is_kind[DANGER]] >= thresholds.doubt),
        "false alarm": _share(calm_needs >= thresholds.ring),
        "alarm on a need behind": _share(danger[behind] >= thresholds.ring),
        "false alarm outside": _share(danger[outside] >= thresholds.ring),
    }
    for language in sorted(set(languages.tolist())):
        there = asked & (languages == language)
        figures["right first"][language] = _share(right[there])
        figures["in the first three"][language] = _share(three[there])
    return thresholds, figures


def enough_without(quick: Floats, full: Floats) -> float:
    """Choose from which chance on the slow parts would almost never say anything else."""
    same = quick.argmax(1) == full.argmax(1)
    return round(_least_precise(softmax(quick).max(1), same, SAME_WHEN_ENOUGH), 3)


def _least_precise(scores: Floats, right: npt.NDArray[np.bool_], share: float = RIGHT_WHEN_SURE) -> float:
    order = np.argsort(-scores, kind="stable")
    precise = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.nonzero(precise >= share)[0]
    return float(scores[order[enough[-1]]]) if enough.size else 1.0


def _most_passing(scores: Floats, share: float) -> float:
    return float(np.quantile(scores, 1 - share)) if scores.size else 0.5


def _share(hits: npt.NDArray[Any]) -> float:
    return round(float(hits.mean()), 3) if hits.size else 0.0
