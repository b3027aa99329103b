from pathlib import Path

import pytest

from directory.answers import Placeholder, fill, placeholders, texts
from directory.packs import Pack, check_pack, load_pack
from directory.typed_facts import typed_facts
from tests.directory.build import line_of, replace_in


def test_an_answer_keeps_the_order_of_its_file(testville: Pack) -> None:
    answer = testville.answers["partner-violence"]
    assert [section.id for section in answer.sections][:4] == ["careful", "what", "first", "by-when"]
    assert [section.id for section in answer.short] == ["careful", "what", "first", "by-when"]


def test_lines_of_a_paragraph_are_one_text_and_items_are_their_own(testville: Pack) -> None:
    answer = testville.answers["rent-arrears"]
    what, first = answer.section("what"), answer.section("first")
    assert what is not None
    assert [(block.kind, block.text) for block in what.blocks] == [
        (
            "paragraph",
            "Vous avez du mal à payer votre loyer imaginaire. Un service peut vous aider à trouver un accord.",
        )
    ]
    assert first is not None
    assert [block.kind for block in first.blocks] == ["item", "item"]
    assert "Votre contrat de location." in texts(answer)


def test_an_answer_has_its_sources_and_the_day_of_its_last_check(testville: Pack) -> None:
    answer = testville.answers["rent-arrears"]
    assert [source.name for source in answer.sources] == ["testville.example", "toit.example"]
    assert answer.checked_on.isoformat() == "2026-11-01"
    assert answer.related == ("debts", "energy-bill-unpaid", "food-aid")


def test_values_are_filled_into_a_text() -> None:
    text = "Appelez {line.abri} : {amount.fee}."
    assert placeholders(text) == (Placeholder("line", "abri"), Placeholder("amount", "fee"))
    filled = fill(text, {Placeholder("line", "abri"): "l'abri", Placeholder("amount", "fee"): "5 €"})
    assert filled == "Appelez l'abri : 5 €."


def test_a_value_that_is_missing_is_never_shown_as_a_hole() -> None:
    with pytest.raises(KeyError):
        fill("{amount.fee}", {})


@pytest.mark.parametrize(
    ("good", "bad", "line_has", "words"),
    [
        ("{amount.fee}", "{amount.gold}", "{amount.fee}", "{amount.gold} is unknown"),
        (
            "Appelez {service.syndicat-locataires}",
            "Appelez {service.x}",
            "Appelez {s",
            "{service.x} is unknown",
        ),
        ("{line.ligne-generale}", "{phone.x}", "{line.", "{phone.x} is not a placeholder"),
        ("## refused", "## refusal", "## refused", '"refusal" is not a section'),
        ("## refused", "## papers", "## refused", "section papers is there twice"),
        (
            "- Votre contrat",
            "- Appelez le 02 555 00 01. Votre contrat",
            "- Votre contrat",
            '"02 555 00 01" looks like',
        ),
        ('related = ["debts"', 'related = ["dets"', "+++", 'related "dets" is not another need'),
        ('services = ["syndicat-locataires"]', 'services = ["nobody"]', "+++", 'services "nobody" is not in'),
        ("checked_on = 2026-11-01\n", "", "+++", "checked_on is missing"),
        ('need = "rent-arrears"', 'need = "debts"', "need =", "must be debts.md"),
        ("https://testville.example/loyer", "testville", "url = ", "url must be a web address"),
        ("Ne signez rien le jour même.\n", "", "## careful", "section careful is empty"),
    ],
)
def test_a_mistake_leaves_the_answer_out_and_is_told(
    folder: Path, good: str, bad: str, line_has: str, words: str
) -> None:
    path = folder / "answers" / "rent-arrears.md"
    first, last = line_of(path, line_has), len(path.read_text().splitlines())
    replace_in(path, good, bad)
    pack = load_pack(folder)
    told = [problem for problem in pack.problems if words in problem.message]
    assert len(told) == 1
    assert told[0].path.endswith("answers/rent-arrears.md")
    assert first <= told[0].line <= min(first + 1, last)
    assert set(pack.answers) == {"food-aid", "partner-violence"}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Appelez le 02 555 00 01.", "a phone number"),
        ("Appelez le 112.", "a phone number or code"),
        ("Allez rue Imaginaire 12.", "an address"),
        ("Venez à 9 heures.", "an hour"),
        ("Apportez 12 euros.", "an amount"),
        ("Apportez douze euros.", "an amount"),
    ],
)
def test_the_check_of_a_pack_fails_on_each_fact_that_is_typed(folder: Path, typed: str, kind: str) -> None:
    path = folder / "answers" / "food-aid.md"
    replace_in(path, "- Tout le monde.", f"- {typed}")
    (problem,) = check_pack(folder)
    assert (problem.line, f"looks like {kind}" in problem.message) == (line_of(path, typed), True)


def test_an_answer_without_a_next_step_is_told(folder: Path) -> None:
    path = folder / "answers" / "food-aid.md"
    replace_in(path, "## first\n- Allez au {service.resto-nuage}.\n", "")
    assert [problem.message for problem in load_pack(folder).problems] == [
        "section first is missing, every answer needs it"
    ]


def test_an_answer_without_front_matter_is_told(folder: Path) -> None:
    (folder / "answers" / "debts.md").write_text("## what\nBonjour.\n", encoding="utf-8")
    (problem,) = load_pack(folder).problems
    assert (problem.line, problem.message.split()[:2]) == (1, ["must", "begin"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Appelez le 02 555 00 01.", "a phone number"),
        ("Appelez le 0800/00.001", "a phone number"),
        ("+3225550001", "a phone number"),
        ("Faites le 112.", "a phone number or code"),
        ("Faites le 1712.", "a phone number or code"),
        ("Vous recevez 1.234,56 euros.", "an amount"),
        ("Cela coûte 5 €.", "an amount"),
        ("C'est 80 % du loyer.", "an amount"),
        ("Ouvert à 9 heures.", "an hour"),
        ("Dès 9h30.", "an hour"),
        ("Avant 17:00.", "an hour"),
        ("Allez rue Imaginaire 12.", "an address"),
        ("Allez 12, rue de la Lune.", "an address"),
        ("1040 Etterbeek", "a phone number or code"),
        ("Avant le 30/06/2026.", "a date in digits"),
        ("Cela coûte cent vingt euros.", "an amount"),
        ("Vous recevez mille trois cent soixante-sept euros.", "an amount"),
        ("Un prix de vingt et un €.", "an amount"),
        ("Comptez deux millions d'euros.", "an amount"),
        ("Venez à neuf heures.", "an hour"),
        ("Jusqu'à midi.", "an hour"),
        ("Le bureau est rue de la Lune.", "an address"),
        ("Allez avenue Imaginaire.", "an address"),
        ("Appelez le 15.", "a phone number"),
        ("Faites le 18 tout de suite.", "a phone number"),
    ],
)
def test_facts_that_go_stale_are_found(text: str, kind: str) -> None:
    assert [fact.kind for fact in typed_facts(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Répondez dans les 30 jours.",
        "Vous avez 3 mois.",
        "La loi du 8 juillet 1976 le dit.",
        "Depuis le 1er janvier 2026, la règle change.",
        "Vous avez plus de 65 ans.",
        "Il faut 312 jours de travail.",
        "Un médecin vient dans les 24 heures.",
        "Entre 16 et 25 ans.",
        "Vous dormez à la rue.",
        "Une personne sur deux heures de route.",
        "Dix-huit mois de loyer.",
        "Incapacité de quatre-vingts pour cent.",
        "Vous recevez des euros chaque mois.",
        "Elle attend deux heures par jour.",
        "Appelez le matin.",
    ],
)
def test_deadlines_ages_and_years_may_be_typed(text: str) -> None:
    assert typed_facts(text) == ()
