from wms.simulator.page import Page, form_of

_ANSWER = """
<main id="screen" data-screen="scan_item" data-ask="item" data-token="2f" data-action="/pick/"
      data-accept="[&quot;04006381333931&quot;, &quot;MUG-BLU&quot;]">
<h1 data-state="work">SCAN <b>ITEM</b></h1><img src="mug.svg"></main>
<div id="feedback" data-tone="ok" data-cue="step"><svg><use href="#tick"></use></svg><span>Take 2</span></div>
<input id="ask" type="hidden" name="ask" value="2f" data-csrf="secret">
"""


def test_a_scans_answer_is_read_by_its_data_attributes() -> None:
    page = Page(_ANSWER)
    assert (page.screen, page.token, page.accept) == ("scan_item", "2f", ("04006381333931", "MUG-BLU"))
    assert (page.tone, page.said, page.state, page.csrf) == ("ok", "Take 2", "work", "secret")


def test_a_blind_screen_accepts_nothing_in_particular() -> None:
    assert Page('<main id="screen" data-screen="sign_in"></main>').accept == ()


def test_a_form_is_read_with_its_hidden_fields() -> None:
    page = Page(
        '<form method="post" action="/desk/waves/" data-release data-orders="3">'
        '<input type="hidden" name="csrf_token" value="t"><br><input name="orders" value="1f,20"></form>'
    )
    form = form_of(next(page.root.all("form", "data-release")))
    assert form.action == "/desk/waves/"
    assert form.fields == {"csrf_token": "t", "orders": "1f,20"}


def test_an_error_page_is_no_screen() -> None:
    assert Page("<h1>Too old</h1><p>Load it again</p></div>").screen == ""
