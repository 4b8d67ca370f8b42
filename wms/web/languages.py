"""Which language a page speaks, and how it says what `say` made: the worker's own, else the one chosen on the device.

Desk pages are English. Catalogs are read as people write them, once a process: nothing is compiled, nothing is stale.
"""

import functools
import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import flask
from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask_babel import Babel, force_locale, get_locale
from markupsafe import Markup

from wms.domain.actor import Actor
from wms.domain.saying import Language, Said, Value, say, say_some, written
from wms.resources import PACKAGE

CATALOGS = PACKAGE / "translations"
DOMAIN = "floor"
_LOCALES: Mapping[str, Locale] = {language.value: Locale.parse(language) for language in Language}
_CHOICES = tuple((language, locale.display_name) for language, locale in _LOCALES.items())
_DESK = ("/desk", "/sign-in")
_CHOSEN = "language"
# What is written from left to right stays so inside a sentence that is not.
_ISOLATE, _END = "\u2068", "\u2069"


def add(app: flask.Flask) -> None:
    """Let the app's templates speak: they write out what `say` made as any other value."""
    _ = Babel(app, default_domain=DOMAIN, locale_selector=_selected, configure_jinja=False)
    app.jinja_env.finalize = spoken
    app.jinja_env.globals.update(say=say, say_some=say_some, once=once, locale=_locale, languages=_CHOICES)
    for language in Language:
        _ = catalog(language)


def choose(language: str) -> None:
    """Let the device speak a language from now on, where nobody is signed in."""
    if language in _LOCALES:
        flask.session[_CHOSEN] = language


def speaking_to(actor: Actor) -> AbstractContextManager[None]:
    """Let what is rendered inside speak the worker's language."""
    forced: AbstractContextManager[None] = force_locale(
        _LOCALES.get(actor.language or _of_device(), _LOCALES[Language.ENGLISH])
    )
    return forced


def _selected() -> Locale:
    return _LOCALES[Language.ENGLISH if flask.request.path.startswith(_DESK) else _of_device()]


def _of_device() -> str:
    chosen: str = flask.session.get(_CHOSEN, "")
    return chosen if chosen in _LOCALES else flask.request.accept_languages.best_match(Language, Language.ENGLISH)


def _locale() -> Locale:
    """Return the language that the page speaks now."""
    return get_locale() or _LOCALES[Language.ENGLISH]


@functools.cache
def catalog(language: str) -> NullTranslations:
    """Return a language's translations; English has none to return."""
    if language == Language.ENGLISH:
        return NullTranslations()
    compiled = io.BytesIO()
    with (CATALOGS / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    _ = compiled.seek(0)
    return Translations(compiled)


def spoken(words: object) -> object:
    """Return what `say` made in the language that the page speaks, and anything else as it is."""
    return said_in(_locale(), words) if type(words) is Said else words


def said_in(locale: Locale, said: Said) -> str:
    """Return a sentence in a language, its values with it."""
    if locale.language == Language.ENGLISH or not said:
        return said
    translations = catalog(locale.language)
    words: str = (
        translations.ngettext(said.template, said.many, int(said.values["n"]))
        if said.many
        else translations.gettext(said.template)
    )
    return written(words, {name: _value(locale, one) for name, one in said.values.items()}) if said.values else words


def _value(locale: Locale, value: Value) -> Value:
    if isinstance(value, Said):
        return said_in(locale, value)
    if isinstance(value, float):
        return format_decimal(value, locale=locale)
    if isinstance(value, str) and locale.text_direction == "rtl":
        return f"{_ISOLATE}{value}{_END}"
    return value


def once(piece: Callable[[], Markup]) -> Markup:
    """Draw a template's piece that is the same for everybody once a language, not once a scan."""
    return _drawn(piece, _locale().language)


@functools.lru_cache(maxsize=256)
def _drawn(piece: Callable[[], Markup], _: str) -> Markup:
    return piece()
