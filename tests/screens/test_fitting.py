"""Words that are longer in another language stay within what holds them, and squash nothing beside them."""

from tests.screens.conftest import Desks


def test_checkboxes_keep_their_size_beside_words_that_wrap(desks: Desks) -> None:
    page = desks.open("CA", "duty", "/desk/notices/choices", language="fr")
    sizes = page.eval_on_selector_all(
        ".a-check", "all => [...new Set(all.map(one => `${one.clientWidth}x${one.clientHeight}`))]"
    )
    assert sizes == ["24x24"]


def test_the_states_of_a_drafts_parts_stay_within_their_card_in_french(desks: Desks) -> None:
    page = desks.open("CA", "liaison", "/desk/cases/new", language="fr")
    page.fill("#title", "SPECIMEN: Essai")
    page.get_by_role("button", name="Commencer la rédaction").click()
    page.wait_for_url("**/drafts/**")
    beyond = page.eval_on_selector_all(
        "#summary .a-summary__state",
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1"
        " || one.getBoundingClientRect().right > one.closest('.a-card').getBoundingClientRect().right).length",
    )
    assert beyond == 0
