"""The chat page in a real Chromium, as a person uses it on a phone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from bot.messages import SHARE_LOCATION, Button, Inbound, Kind, Reply
from tests.webhooks.services import InMemoryBot

PHONE = {"width": 360, "height": 740}
HERE = {"latitude": 50.837216, "longitude": 4.395117}
OFFLINE = "ERR_INTERNET_DISCONNECTED"
expect.set_options(timeout=5000)


@dataclass
class Phone:
    """One person's browser at the chat page."""

    context: BrowserContext
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: set[str] = field(default_factory=set)

    def visit(self, path: str = "/") -> None:
        self.page.goto(self.address + path)

    def write(self, text: str) -> None:
        self.page.get_by_role("textbox").fill(text)
        self.page.keyboard.press("Enter")

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).last.click()

    def said(self, text: str) -> Locator:
        return self.page.locator(".bot .words", has_text=text)

    @property
    def shown(self) -> list[str]:
        return self.page.locator(".words").all_inner_texts()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Phone]:
    context = browser.new_context(
        viewport=PHONE, locale="fr-BE", geolocation=HERE, permissions=["geolocation"]
    )
    phone = Phone(context, context.new_page(), address)
    phone.page.on("console", lambda message: phone.complaints.append(f"{message.type}: {message.text}"))
    phone.page.on("pageerror", lambda error: phone.complaints.append(str(error)))
    phone.page.on("request", lambda request: phone.requests.add(urlsplit(request.url).netloc))
    yield phone
    context.close()
    assert [complaint for complaint in phone.complaints if OFFLINE not in complaint] == []
    assert phone.requests == {urlsplit(address).netloc}, "the page asked another server for something"


@pytest.fixture(autouse=True)
def talk(bot: InMemoryBot) -> None:
    """The bot greets, offers two buttons, and repeats everything else."""
    bot.answer = answer


def answer(message: Inbound) -> Iterable[Reply]:
    if message.kind is Kind.START:
        buttons = ((Button("Logement", "theme:housing"), Button("Santé", "theme:health")),)
        yield Reply("Bonjour ! Je suis un robot.", buttons, "fr")
        return
    if message.text == "arabe":
        yield Reply("مرحبا\nCPAS d'Etterbeek\n\u2068CPAS\u2069 مفتوح", ((Button("نعم", "yes"),),), "ar")
        return
    if message.text == "où":
        share = (Button("Partager ma position", SHARE_LOCATION),)
        yield Reply("Dans quelle commune ?", (share,), "fr", ask_location=True)
        return
    yield Reply(
        f"Reçu <b>{message.kind}</b> : {message.text}", ((Button("Encore", f"again:{message.text}"),),), "fr"
    )


def received(bot: InMemoryBot) -> list[tuple[Kind, str]]:
    return [(message.kind, message.text) for message in bot.received]


def test_the_bot_greets_by_itself_and_in_the_persons_language(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    expect(phone.said("Bonjour ! Je suis un robot.")).to_be_visible()
    expect(phone.page.get_by_text("Vous écrivez à un robot.")).to_be_visible()
    assert [(m.kind, m.text, m.language) for m in bot.received] == [(Kind.START, "", "fr-BE")]


def test_a_question_is_sent_with_enter_and_answered(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    phone.write("je sais plus payer mon loyer")
    expect(phone.said("Reçu text : je sais plus payer mon loyer")).to_be_visible()
    expect(phone.page.locator(".bot strong")).to_have_text("text")
    assert received(bot)[1:] == [(Kind.TEXT, "je sais plus payer mon loyer")]


def test_words_written_before_the_talk_is_open_wait_for_it(phone: Phone, bot: InMemoryBot) -> None:
    held: list[Route] = []
    phone.page.route("**/chat/open", lambda route: held.append(route))
    phone.visit()
    phone.write("vite")
    expect(phone.page.locator(".own.waiting")).to_be_visible()
    assert [route.continue_() for route in held] == [None]
    expect(phone.said("Reçu text : vite")).to_be_visible()
    expect(phone.page.locator(".own")).to_have_count(1)
    assert received(bot) == [(Kind.TEXT, "vite")]


def test_a_line_break_is_written_with_shift_enter(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    phone.page.get_by_role("textbox").fill("une")
    phone.page.keyboard.press("Shift+Enter")
    phone.page.keyboard.type("deux")
    phone.page.keyboard.press("Enter")
    expect(phone.said("deux")).to_be_visible()
    assert received(bot)[-1] == (Kind.TEXT, "une\ndeux")


def test_a_button_of_an_older_message_still_works(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    phone.press("Logement")
    expect(phone.said("Reçu choice : theme:housing")).to_be_visible()
    expect(phone.page.locator(".old", has_text="Bonjour")).to_be_visible()
    phone.press("Santé")
    expect(phone.said("theme:health")).to_be_visible()
    assert received(bot)[1:] == [(Kind.CHOICE, "theme:housing"), (Kind.CHOICE, "theme:health")]


def test_everything_can_be_done_by_keyboard(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    phone.page.keyboard.press("Tab")
    expect(phone.page.get_by_role("button", name="Leave quickly")).to_be_focused()
    phone.page.keyboard.press("Tab")
    expect(phone.page.get_by_role("log")).to_be_focused()
    phone.page.keyboard.press("Tab")
    expect(phone.page.get_by_role("button", name="Logement")).to_be_focused()
    phone.page.keyboard.press("Enter")
    expect(phone.said("theme:housing")).to_be_visible()


def test_a_trembling_hand_presses_once(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    phone.page.get_by_role("button", name="Logement").dblclick()
    expect(phone.said("theme:housing")).to_have_count(1)
    phone.write("et puis")
    expect(phone.said("et puis")).to_be_visible()
    assert received(bot)[1:] == [(Kind.CHOICE, "theme:housing"), (Kind.TEXT, "et puis")]


def test_words_are_never_taken_for_html(phone: Phone) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    phone.write("<img src=x onerror=alert(1)>&lt;")
    expect(phone.page.locator(".own", has_text="<img src=x onerror=alert(1)>&lt;")).to_be_visible()
    expect(phone.page.locator(".bot")).to_have_count(2)
    expect(phone.page.locator("#log img")).to_have_count(0)


def test_only_addresses_that_help_can_be_opened(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    addresses = ("tel:+3222274241", "https://example.org/", "javascript:alert(1)")
    text = " ".join(f'<a href="{address}">x</a>' for address in addresses)
    bot.say(bot.received[0].chat, Reply(text, ((Button("Plan", url="https://example.org/"),),), "fr"))
    expect(phone.page.locator("#log a")).to_have_count(3)
    links = phone.page.locator("#log a").evaluate_all("all => all.map(a => [a.href, a.target, a.rel])")
    away = ["https://example.org/", "_blank", "noopener noreferrer"]
    assert links == [["tel:+3222274241", "", ""], away, away]


def test_arabic_stands_from_right_to_left_and_the_page_follows(phone: Phone) -> None:
    phone.visit()
    phone.write("arabe")
    expect(phone.page.locator(".bot[dir=rtl]")).to_be_visible()
    expect(phone.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(phone.page.get_by_role("textbox")).to_have_attribute("placeholder", "اكتب هنا")
    lines = phone.page.locator(".bot[dir=rtl] p").evaluate_all("all => all.map(line => line.dir)")
    assert lines == ["rtl", "ltr", "rtl"]
    bubble, width = phone.page.locator(".bot[dir=rtl] .words").bounding_box(), PHONE["width"]
    assert bubble is not None
    assert width - (bubble["x"] + bubble["width"]) < bubble["x"]


def test_a_position_leaves_the_phone_rounded(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    phone.write("où")
    expect(phone.said("Dans quelle commune ?")).to_be_visible()
    with phone.page.expect_request("**/chat") as sent:
        phone.press("Partager ma position")
    assert sent.value.post_data_json["position"] == [50.837, 4.395]
    expect(phone.said("Reçu location")).to_be_visible()


def test_a_refused_position_leaves_a_way_on(phone: Phone) -> None:
    phone.context.clear_permissions()
    phone.visit()
    phone.write("où")
    phone.press("Partager ma position")
    expect(phone.page.get_by_role("status")).to_contain_text("Write the name of your commune")


def test_a_reloaded_page_shows_the_talk_in_its_order(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    phone.press("Logement")
    expect(phone.said("theme:housing")).to_be_visible()
    phone.write("merci")
    expect(phone.said("merci")).to_be_visible()
    before = phone.shown
    phone.page.reload()
    expect(phone.said("merci")).to_be_visible()
    assert phone.shown == before
    assert [kind for kind, _ in received(bot)].count(Kind.START) == 1


def test_another_tab_shows_only_what_the_bot_said(phone: Phone) -> None:
    phone.visit()
    phone.write("mon secret")
    expect(phone.said("mon secret")).to_be_visible()
    other = phone.context.new_page()
    other.goto(phone.address)
    expect(other.locator(".bot", has_text="mon secret")).to_be_visible()
    expect(other.locator(".own")).to_have_count(0)


def test_without_a_connection_words_wait_and_leave_once(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    phone.context.set_offline(True)
    phone.write("du métro")
    expect(phone.page.get_by_role("status")).to_contain_text("No connection")
    expect(phone.page.locator(".own.waiting")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.said("du métro")).to_be_visible()
    expect(phone.page.locator(".waiting")).to_have_count(0)
    assert received(bot)[1:] == [(Kind.TEXT, "du métro")]


def test_words_that_the_bot_could_not_keep_are_sent_again(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    bot.broken = RuntimeError()
    phone.write("allô")
    expect(phone.page.get_by_role("status")).to_contain_text("No connection")
    bot.broken = None
    expect(phone.said("allô")).to_be_visible()
    assert received(bot)[1:] == [(Kind.TEXT, "allô")]
    # The open stream breaks too, if it happens to look just then.
    broken = ("503", "ERR_INCOMPLETE_CHUNKED_ENCODING")
    phone.complaints = [said for said in phone.complaints if not any(sign in said for sign in broken)]


def test_where_streams_do_not_pass_the_page_asks_again_and_again(phone: Phone, bot: InMemoryBot) -> None:
    phone.page.clock.install()
    phone.page.route("**/chat/events*", lambda route: None)  # a proxy that holds everything back
    phone.visit()
    expect(phone.page.get_by_role("status")).to_be_empty()
    with phone.page.expect_response("**/chat"):
        phone.write("par le tunnel")
    expect(phone.page.locator(".bot")).to_have_count(0)
    phone.page.clock.run_for(9000)
    expect(phone.said("par le tunnel")).to_be_visible()


def test_an_erased_talk_leaves_the_page_and_the_tab(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    phone.write("mon secret")
    expect(phone.said("mon secret")).to_be_visible()
    bot.erase(bot.received[0].chat)
    bot.say(bot.received[0].chat, Reply("Tout est effacé.", language="fr"))
    expect(phone.said("Tout est effacé.")).to_be_visible()
    assert phone.shown == ["Tout est effacé."]
    assert "secret" not in phone.page.evaluate("JSON.stringify(sessionStorage)")


def test_a_link_is_used_once_and_leaves_the_address(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit("/?start=w-code")
    expect(phone.said("Bonjour")).to_be_visible()
    assert received(bot) == [(Kind.START, "w-code")]
    assert phone.page.url == f"{phone.address}/?seat=team"
    phone.page.reload()
    expect(phone.said("Bonjour")).to_have_count(1)
    assert received(bot) == [(Kind.START, "w-code")]


def test_a_territory_in_the_address_is_a_link_into_it(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit("/?lang=fr&territory=reunion")
    expect(phone.said("Bonjour")).to_be_visible()
    assert received(bot) == [(Kind.START, "t-reunion")]
    assert "territory" not in phone.page.url


def test_a_resident_and_a_worker_can_sit_at_one_browser(phone: Phone, bot: InMemoryBot) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    worker = phone.context.new_page()
    worker.goto(f"{phone.address}/?start=w-code")
    expect(worker.locator(".bot")).to_have_count(1)
    assert len({message.chat for message in bot.received}) == 2
    bot.say(bot.received[1].chat, Reply("Une demande est arrivée.", language="fr"))
    expect(worker.get_by_text("Une demande est arrivée.")).to_be_visible()
    expect(phone.page.get_by_text("Une demande est arrivée.")).to_have_count(0)


def test_all_fits_on_a_small_phone_and_can_be_hit_with_a_thumb(phone: Phone) -> None:
    phone.visit()
    expect(phone.said("Bonjour")).to_be_visible()
    phone.write("W" * 200)
    expect(phone.page.locator(".bot")).to_have_count(2)
    assert phone.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    sizes = phone.page.locator("button, textarea").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44


def test_the_answer_is_read_from_its_beginning(phone: Phone, bot: InMemoryBot) -> None:
    bot.answer = lambda message: [Reply("\n".join(["ligne"] * 80), language="fr")]
    phone.visit()
    expect(phone.page.locator(".bot")).to_have_count(1)
    phone.write("raconte")
    expect(phone.page.locator(".bot")).to_have_count(2)
    expect(phone.page.locator(".own")).to_be_in_viewport()


def test_what_comes_in_is_read_aloud_and_says_who_speaks(phone: Phone) -> None:
    phone.visit()
    log = phone.page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    phone.write("bonjour")
    expect(log).to_contain_text("You: bonjour")
    expect(log).to_contain_text("Robot: Reçu text : bonjour")
