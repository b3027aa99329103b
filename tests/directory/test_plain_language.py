"""Answers speak plainly: the rules, one by one, and every answer of every territory."""

import re
from datetime import date
from pathlib import Path

import pytest

from directory.answers import Answer, Block, Section
from directory.content import ContentError
from directory.packs import check_pack, load_pack, packaged_territories
from directory.plain_language import count_words, problems_of_language, sentences
from directory.wording import Wording, load_wording, read_wording
from tests.directory.build import line_of, replace_in
from tests.paths import PROJECT


def french() -> Wording:
    wording = load_wording("fr")
    assert wording is not None
    return wording


def an_answer(*texts: str, section: str = "what") -> Answer:
    blocks = tuple(Block("item", text, line) for line, text in enumerate(texts, start=10))
    return Answer("rent-arrears", date(2026, 11, 21), (), (), (), (Section(section, blocks),))


def told(*texts: str) -> list[str]:
    return [message for _, message in problems_of_language(an_answer(*texts, "Appelez."), french())]


@pytest.mark.parametrize("code", packaged_territories())
def test_every_answer_of_every_territory_is_plain(code: str) -> None:
    assert [str(problem) for problem in check_pack(code)] == []


def test_a_long_sentence_is_named_with_its_file_and_line(folder: Path) -> None:
    path = folder / "answers" / "rent-arrears.md"
    replace_in(path, "Répondez dans les 15 jours.", f"Répondez {'vite ' * 18}demain.")
    (problem,) = check_pack(folder)
    assert problem.path.endswith("answers/rent-arrears.md")
    assert problem.line == line_of(path, "Répondez")
    assert "has 20 words, say it in two (18 at most)" in problem.message


def test_eighteen_words_are_allowed_and_a_name_from_the_directory_is_one() -> None:
    assert told("Appelez " + "vite " * 16 + "{service.tres-long-nom-de-service}.") == []


def test_sentences_of_thirteen_words_are_too_many_on_average() -> None:
    (message,) = told(*[f"Appelez {'vite ' * 13}demain."] * 9)
    assert "words on average" in message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Venez. Le service est là.", 2),
        ("Dites : « Je veux payer. Je propose un plan. »", 3),
        ("Appelez {line.x} : c'est gratuit.", 1),
        ("Trop tard ? Écrivez !", 2),
    ],
)
def test_a_text_is_read_by_sentence(text: str, parts: int) -> None:
    assert len(sentences(text)) == parts


def test_a_sign_is_no_word() -> None:
    assert count_words("Dites : « J'ai froid ! »") == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Remplissez le papier afin de recevoir l'aide.", '"afin de" is a word of offices, say: pour'),
        ("Vous bénéficiez d'une aide.", '"bénéficiez" is a word of offices'),
        ("Tu peux appeler.", '"Tu" speaks to a friend'),
        ("Appelez si on t'oblige.", "speaks to a friend"),
        ("C'est votre faute.", '"votre faute" is a word that blames'),
        ("Une aide pour les toxicomanes.", "a word that blames"),
        ("La lettre a été envoyée hier par la commune.", "hides who acts"),
        ("L'aide est payée par la caisse et est décidée par le juge.", "a chain of passives"),
        ("Montrez la mise en demeure.", '"mise en demeure" is not explained where it first stands: rappel'),
        ("Appelez le CPAS.", '"CPAS" is not explained where it first stands: centre public'),
        ("Appelez le XYZ.", 'nobody explained "XYZ"'),
    ],
)
def test_what_is_not_plain_is_told_with_what_to_say(text: str, words: str) -> None:
    (message,) = told(text)
    assert words in message


@pytest.mark.parametrize(
    "text",
    [
        "Ce n'est pas votre faute.",
        "Une mise en demeure est un rappel officiel.",
        "Appelez le CPAS (centre public d'action sociale).",
        "Le loyer est payé par mois.",
        "La commune a envoyé la lettre.",
        "Envoyez un SMS.",
    ],
)
def test_what_is_plain_is_left_alone(text: str) -> None:
    assert told(text) == []


def test_a_word_explained_once_may_stand_again() -> None:
    assert told("Le CPAS est le centre public d'action sociale.", "Allez au CPAS.") == []
    assert len(told("Allez au CPAS.", "C'est le centre public d'action sociale.")) == 1


def test_the_short_answer_is_read_first_wherever_it_stands_in_the_file() -> None:
    explained = Section("careful", (Block("item", "Le CPAS, ou centre public d'action sociale.", 30),))
    used = Section("steps", (Block("item", "Allez au CPAS.", 20),))
    answer = Answer("debts", date(2026, 11, 21), (), (), (), (used, explained))
    assert list(problems_of_language(answer, french())) == []


def test_an_answer_that_speaks_to_nobody_is_told() -> None:
    ((line, message),) = problems_of_language(an_answer("Un colis existe."), french())
    assert (line, message) == (1, 'nobody is spoken to: write to the person, with "vous"')


def test_a_language_without_a_list_is_held_to_short_sentences_only() -> None:
    found = [message for _, message in problems_of_language(an_answer("afin de " * 10), None)]
    assert ["has 20 words" in found[0], "on average" in found[1], len(found)] == [True, True, 2]


def test_the_glossary_explains_every_acronym_once_and_as_the_check_does() -> None:
    glossary = (PROJECT / "docs/glossary.md").read_text("utf-8").split("## Acronyms")[1]
    rows = re.findall(r"^\| ([A-ZÀ-Ý]{2,}) \| (.+?) \|$", glossary, re.M)
    assert len(rows) == len(dict(rows))
    assert dict(rows) == french().explanations()


def test_every_acronym_of_the_list_is_used_somewhere() -> None:
    packs = [load_pack(code) for code in packaged_territories()]
    texts = [b.text for pack in packs for a in pack.answers.values() for s in a.sections for b in s.blocks]
    used = set(re.findall(r"\b[A-ZÀ-Ý]{2,}\b", " ".join(texts)))
    assert set(french().explanations()) - used == set()


def test_a_broken_list_of_words_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "xx.toml"
    path.write_text('[[office]]\nwords = ["afin de"]\nsya = "pour"\n', encoding="utf-8")
    with pytest.raises(ContentError) as error:
        read_wording(path)
    assert {(problem.line, problem.message.split()[0]) for problem in error.value.problems} == {
        (1, "say"),
        (3, "sya"),
    }
