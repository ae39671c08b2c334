"""Sentences with which live blogs end, or say that they soon will, in the languages of their publishers. Pure.

Never takes for an end what else closes in the news: polls, markets, doors, comments. So a sentence counts only where
the live blog itself, or its coverage, is what ends. All languages are tried on every page: pages lie about theirs.
"""

import re

from bot.domain.text import clean

LONGEST = 4_000  # Characters of a text that are looked at: an end is told at its beginning or in few words.

_BLOG_EN = (
    r"(?:live ?-?(?:blog|page|feed|ticker|stream|thread)|live (?:news )?(?:coverage|updates|reporting|text)"
    r"|coverage on this (?:live ?blog|live page|page)|rolling coverage|blog)"
)
_OURS_EN = r"(?:this|our|the|today's|tonight's|that concludes our)"
_BLOG_DE = r"(?:live-?blog|live-?ticker|news-?blog|news-?ticker|ticker|live-?berichterstattung)"
_BLOG_FR = r"(?:direct|live|suivi en direct|fil en direct)"
_BLOG_ES = r"(?:directo|en vivo|minuto a minuto|blog en (?:vivo|directo)|cobertura(?: en (?:vivo|directo))?)"
_BLOG_IT = r"(?:diretta|live|liveblog|live blog)"
_BLOG_PT = r"(?:cobertura(?: ao vivo)?|minuto a minuto|live ?blog|acompanhamento ao vivo|directo|direto)"
_BLOG_NL = r"(?:live ?-?blog|live-?verslag)"

# It is over, now.
_CLOSED = (
    # English
    (
        rf"\b{_OURS_EN} {_BLOG_EN}(?: (?:for|of|on) (?:the day|today|tonight))?"
        r" (?:is|are|has|have)(?: now| been| officially){0,2} (?:closed|ended|concluded|finished|over|come to an end)\b"
    ),
    r"\bcoverage on this (?:live ?blog|live page|page) (?:is|has)(?: now)? (?:closed|ended|concluded|over)\b",
    (
        r"^live (?:coverage|updates|blog|reporting)(?: of [^.!?]{1,80})?"
        r" (?:has|have|is|are)(?: now)? (?:ended|closed|over)\b"
    ),
    rf"\bwe(?: are|'re|'ve| have)(?: now)? closed {_OURS_EN} {_BLOG_EN}",
    # German
    (
        rf"\b(?:der|dieser|unser|das|dieses) {_BLOG_DE}(?: [^.!?]{{1,40}})? (?:ist|wurde|wird)"
        r"(?: \w+){0,2} (?:beendet|geschlossen|abgeschlossen)\b(?! in kürze)"
    ),
    rf"\b(?:schließen|beenden) wir (?:\w+ )?(?:den|diesen|unseren|die|unsere) {_BLOG_DE}",
    rf"\bwir (?:schließen|beenden)(?: \w+){{0,2}} (?:den|diesen|unseren|die|unsere) {_BLOG_DE}",
    rf"\b(?:hier|damit|an dieser stelle) (?:endet|schließt) (?:der|dieser|unser) {_BLOG_DE}",
    # French
    rf"\b(?:ce|notre|le) {_BLOG_FR} est (?:maintenant |désormais |à présent )?(?:terminé|clos|fermé|fini)\b",
    rf"\b(?:c'est )?(?:la )?fin de (?:ce|notre) {_BLOG_FR}\b",
    rf"\bnous (?:fermons|clôturons|terminons)(?: \w+)? (?:ce|notre) {_BLOG_FR}\b",
    # Spanish
    (
        rf"\b(?:este|esta|nuestro|nuestra) {_BLOG_ES} (?:ya )?(?:ha|está|queda)(?: \w+)?"
        r" ?(?:terminado|finalizado|concluido|cerrad[oa]|finalizad[oa])\b"
    ),
    rf"\b(?:cerramos|terminamos|finalizamos|concluimos)(?: aquí)? (?:este|esta|nuestro|nuestra) {_BLOG_ES}",
    # Italian
    (
        rf"\b(?:questa|la nostra|questo|il nostro) {_BLOG_IT} (?:è|si è)(?: ora| ormai)?"
        r" (?:terminat[ao]|conclus[ao]|chius[ao]|finit[ao])\b"
    ),
    rf"\b(?:termina|finisce|si chiude|si conclude) qui (?:la|questa|la nostra|il|questo|il nostro) {_BLOG_IT}",
    # Portuguese
    (
        rf"\b(?:esta|este|a nossa|nossa|o nosso|nosso) {_BLOG_PT}"
        r" (?:está|foi|fica)(?: agora)? (?:encerrad[oa]|terminad[oa])\b"
    ),
    rf"\b(?:encerramos|terminamos)(?: aqui)? (?:esta|este|a nossa|nossa|o nosso|nosso) {_BLOG_PT}",
    # Dutch
    rf"\b(?:dit|ons) {_BLOG_NL} (?:is|wordt)(?: nu| hierbij)? (?:gesloten|afgesloten|beëindigd)\b",
    rf"\bwe sluiten (?:dit|het|ons) {_BLOG_NL}",
    # Polish, Ukrainian, Japanese
    r"\b(?:zakończyliśmy|zakończyła się) (?:tę |naszą |nasza )?relacj[ęa]",
    r"\b(?:цей|наш) (?:онлайн|лайвблог|прямий ефір) (?:завершено|закрито)\b",
    r"(?:この|本)(?:ライブ|タイムライン|速報)\w{0,8}(?:は|を)\w{0,4}終了(?:しました|いたしました)",
)

# Of a standfirst alone: within the blog the same words lead to the one of the day before.
_PAST = (
    r"\bthese were the (?:latest )?updates (?:on|from|for) ",
    rf"\b{_BLOG_DE}(?: \w+){{0,4}} zum nachlesen\b",
)

# It will be over soon, or somebody says goodbye; only silence after it proves it.
_GOODBYE = (
    # English
    (
        rf"\b{_OURS_EN} {_BLOG_EN} (?:is|are|will be|will)(?: now| soon| shortly){{0,2}}"
        r" (?:closing|close|finishing|ending|end|wrapping up|coming to an end|coming to a close)\b"
    ),
    (
        rf"\bwe(?:'ll| will|'re| are| shall|'ll shortly)(?: \w+){{0,3}}"
        rf" (?:clos|paus|end|wrap|finish|conclud|sign|shut|wind|bring)(?:e|ing|ping)?(?: up| off| down)?"
        rf" (?:{_OURS_EN} )(?:\w+ )?(?:{_BLOG_EN}|coverage)"
    ),
    rf"\bas we (?:end|close|wrap up|conclude) {_OURS_EN} (?:{_BLOG_EN}|coverage)",
    r"\bour (?:live )?coverage (?:ends|finishes|stops) here\b",
    r"\btoday's live coverage is finishing\b",
    r"\bgood-?bye (?:from (?:us|me|all of us)|for now|and thank)",
    r"\b(?:it's|it is|and it's) good-?bye\b",
    (
        r"\bthank(?:s| you)(?: all| so much| very much)?"
        r" for (?:joining|following|reading|being with|staying with) (?:us|along)\b"
    ),
    (
        r"\bthat's (?:it|all)(?: from (?:me|us|our [\w ]{2,30}))?"
        r" (?:for (?:now|today|tonight|this evening|the day)|from (?:us|me))\b"
    ),
    r"\bbrings (?:our|the|today's) [^.!?]{1,80}to (?:a close|an end)\b",
    r"\bthe live updates are coming to an end\b",
    # German
    r"\bdas war(?: e|')s (?:für heute|von uns|vom|aus dem)\b",
    r"\b(?:wir verabschieden uns|ich verabschiede mich)\b",
    r"\bvielen dank für (?:ihr interesse|ihre aufmerksamkeit|'?s mitlesen|das mitlesen)\b",
    rf"\b{_BLOG_DE} (?:endet|schließt|wird)(?: \w+){{0,3}}(?:in kürze|bald|gleich)\b",
    # French
    r"\bmerci (?:à tous |à toutes et à tous )?(?:de nous avoir suivis?|de l'avoir suivi|d'avoir suivi)\b",
    rf"\b(?:ce|notre) {_BLOG_FR} (?:touche à sa fin|va se terminer|va bientôt)",
    # Spanish
    r"\bgracias por (?:seguirnos|acompañarnos|habernos (?:seguido|acompañado))\b",
    rf"\bhasta aquí (?:este|esta|nuestro|nuestra|el|la) {_BLOG_ES}",
    # Italian, Portuguese, Dutch
    r"\bgrazie per averci (?:seguito|letto)\b",
    r"\bobrigad[oa] por (?:nos )?(?:acompanhar|ter(?:em)? acompanhado)",
    r"\bbedankt voor het (?:volgen|meelezen|lezen)\b",
)

# What makes either no end at all: another blog is meant, something on the page, or somebody else takes over.
_ANOTHER = re.compile(
    r"yesterday|previous|earlier|preceding|last night|other live|first live"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day's"
    r"|(?:comments?|discussion|registration|voting|polls?|applications|nominations|entries|questions)"
    r" (?:on|for|to|in|from|below)"
    r"|\bvom (?:mon|diens|mitt|donners|frei|sams|sonn)|gestern|vorherig|früher|kommentar"
    r"|précédent|d'hier|anterior|\bayer\b|\bieri\b|precedente|vorige|gisteren",
    re.IGNORECASE,
)
_TAKEN_OVER = re.compile(
    r"colleague|tak(?:e|es|ing) over|hand(?:ing|ed|s)? (?:you |the \w+ |things )?over\b"
    r"|(?:will|'ll) (?:now )?(?:be with you|guide you|take you|steer you|continue here|keep you)"
    r"|\bis here to\b|\bstick with us\b|\bstay with us\b|\bkolleg|übernimmt|prend le relais|toma el relevo",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:hello|hi|welcome|good (?:morning|afternoon|evening)"
    r"|guten (?:morgen|tag|abend)|(?:herzlich )?willkommen"
    r"|bonjour|bonsoir|bienvenue|buenos días|buenas (?:tardes|noches)|bienvenidos"
    r"|buongiorno|buonasera|bom dia|boa (?:tarde|noite)|goedemorgen|welkom)\b",
    re.IGNORECASE,
)
_HAPPENED = re.compile(r"(?:[-:|,(]\s*|\blive\b.{0,200}\s)as it happened\W*$", re.IGNORECASE)
_MARKS = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2013": "-", "\u2014": "-"})
_SENTENCE = re.compile(r"(?<=[.!?…:;。])\s+|\n+")

_CLOSINGS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _CLOSED)
_CLOSINGS_ABOVE = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (*_CLOSED, *_PAST))
_GOODBYES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _GOODBYE)


def says_closed(text: str, *, above: bool = False) -> bool:
    """Whether a plain text says that this live blog is over. `above`: it is the standfirst, not an update."""
    return any(
        closing.search(sentence) and not _ANOTHER.search(sentence)
        for sentence in _sentences(text)
        for closing in (_CLOSINGS_ABOVE if above else _CLOSINGS)
    )


def says_goodbye(text: str) -> bool:
    """Whether a plain text says goodbye to readers, or that the live blog will be over soon."""
    text = _spelt(text)
    if _GREETING.search(text) or _TAKEN_OVER.search(text):
        return False
    return any(
        goodbye.search(sentence) and not _ANOTHER.search(sentence)
        for sentence in _sentences(text)
        for goodbye in _GOODBYES
    )


def is_title_of_the_past(title: str) -> bool:
    """Whether a headline ends as those of finished live blogs do: "… - as it happened", "… zum Nachlesen"."""
    text = _spelt(clean(title))
    return bool(_HAPPENED.search(text)) or text.casefold().rstrip(" .)").endswith("zum nachlesen")


def _sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE.split(_spelt(text)) if sentence.strip()]


def _spelt(text: str) -> str:
    """As much as is looked at, with the quotation marks and dashes that the patterns use."""
    return text[:LONGEST].translate(_MARKS)
