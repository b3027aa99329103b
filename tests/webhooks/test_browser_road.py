"""The whole road on the real program: a resident in Chromium, a worker on Telegram's stand-in."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.running import passerelle, wait_until
from tests.telegram.standin import BotApi
from tests.test_whole_road import AMINA, become_worker, shown

PHONE = {"width": 360, "height": 740}


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).last.click()


def write(page: Page, words: str) -> None:
    page.get_by_role("textbox").fill(words)
    page.keyboard.press("Enter")


def sees(page: Page, words: str) -> None:
    expect(page.get_by_role("log")).to_contain_text(words, timeout=15_000)


def test_a_question_in_the_browser_ends_with_a_worker_on_telegram(
    browser: Browser, bot_api: BotApi, tmp_path: Path
) -> None:
    environ = {"TELEGRAM_BOT_TOKEN": bot_api.token, "TELEGRAM_API_URL": bot_api.url}
    with passerelle(tmp_path, "run", **environ) as running:
        wait_until(lambda: "Telegram is connected" in running.said, "Telegram is connected", running)
        become_worker(bot_api, AMINA, "Amina", running.invitation)
        context = browser.new_context(viewport=PHONE, locale="fr-BE")
        page = context.new_page()
        page.goto(running.url)
        sees(page, "robot")
        write(page, "je sais plus payer mon loyer")
        sees(page, "Seul un juge peut décider une expulsion")
        press(page, "Services près de moi")
        sees(page, "Dans quelle commune")
        write(page, "etterbek")
        sees(page, "CPAS d'Etterbeek")
        press(page, "Parler à quelqu'un")
        sees(page, "vous écrit ici avant")
        press(page, "Oui, envoyer ceci")
        sees(page, "C'est envoyé")
        request = shown(bot_api, AMINA, "Etterbeek")
        accept = next(data for _, data in request.buttons if data.startswith("accept:"))
        bot_api.press_data(AMINA, accept)
        sees(page, "Amina a accepté votre demande")
        bot_api.send_text(AMINA, "Je peux venir demain.")
        sees(page, "Je peux venir demain.")
        write(page, "Merci beaucoup")
        shown(bot_api, AMINA, "Merci beaucoup")
        context.close()
        for words in ("je sais plus payer", "Merci beaucoup", "Je peux venir", str(AMINA)):
            assert words not in running.said
