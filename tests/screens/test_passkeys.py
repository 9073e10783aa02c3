"""A passkey from its making to a sign-in with nothing else, in a real browser with an authenticator of its own."""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.screens.conftest import DESKTOP, PHONE, Desks, sign_in, violations

PAGES = (
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/add/",
    "/account/password/change/",
    "/account/sessions/",
    "/account/logout/",
    "/account/first/",
    "/desk/me/",
)


def at_localhost(desks: Desks, role: str = "duty", party: str = "CA") -> Page:
    """A page at the one origin for which the node makes passkeys: browsers make none for a bare address."""
    node = desks.nodes[party]
    context = desks.browser.new_context(base_url=f"http://localhost:{node.api_port}", viewport=DESKTOP)
    desks.contexts.append(context)
    page = context.new_page()
    sign_in(page, desks.nodes[party].accounts[role])
    return page


def authenticator(page: Page) -> CDPSession:
    """Gives the browser a key of its own that asks nobody."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def prove(page: Page, password: str) -> None:
    """Proves again who one is, where the node asks."""
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", password)
        page.get_by_role("button", name="Confirm with the password").click()


def test_a_passkey_is_made_and_then_signs_in_alone_and_proves_again(desks: Desks) -> None:
    page = at_localhost(desks)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    authenticator(page)
    page.goto("/account/2fa/webauthn/add/")
    prove(page, desks.nodes["CA"].accounts["duty"]["password"])
    page.get_by_label("Name of the passkey").fill("SPECIMEN blue key")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    expect(page.locator(".a-codes li")).to_have_count(10)
    assert violations(page) == []
    page.get_by_role("link", name="go on").click()

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/account/login/**")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/")
    expect(page.locator(".a-self__name")).to_be_visible()

    # With a password alone the desk now stays closed, and the passkey opens it as the second factor.
    page.get_by_role("button", name="Sign out", exact=True).click()
    account = desks.nodes["CA"].accounts["duty"]
    page.fill("input[name=login]", account["username"])
    page.fill("input[name=password]", account["password"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/2fa/authenticate/")
    assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/**")

    page.goto("/account/reauthenticate/?next=/desk/me/")
    page.get_by_role("link", name="Use a passkey").click()
    assert violations(page) == []
    page.get_by_role("button", name="Confirm with a passkey").click()
    page.wait_for_url("**/desk/me/")

    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_role("heading", name="SPECIMEN blue key")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Take out").click()
    page.get_by_role("button", name="Take the passkey out").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    assert [text for text in complaints if "Content Security Policy" in text] == []


def test_a_passkey_that_the_browser_refuses_is_said_in_the_page(desks: Desks) -> None:
    page = desks.open("CA", None, "/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    assert violations(page) == []


@pytest.mark.parametrize(("viewport", "is_dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop", "phone dark"])
def test_every_page_of_sign_in_is_accessible_and_fits(desks: Desks, viewport: dict[str, int], is_dark: bool) -> None:
    page = desks.open("CA", "liaison", viewport=viewport, is_dark=is_dark)  # type: ignore[arg-type]
    page.goto("/account/reauthenticate/?next=/desk/me/")
    found = {page.url: violations(page)}
    prove(page, desks.nodes["CA"].accounts["liaison"]["password"])
    for address in PAGES:
        page.goto(address)
        found[address] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
    assert {address: wrong for address, wrong in found.items() if wrong} == {}
