"""How people shorten words on a phone, and in which languages; never shown to anybody.

Both messages and our own phrases pass through it, so that it only has to be consistent.
"""

from collections.abc import Mapping
from types import MappingProxyType

SHORTCUTS: Mapping[str, str] = MappingProxyType(
    {
        "jai": "j ai", "jpeux": "je peux", "jveux": "je veux", "jsuis": "je suis", "chui": "je suis",
        "chuis": "je suis", "jsais": "je sais", "jsp": "je sais pas", "jpe": "je peux",
        "jarrive": "j arrive", "jcherche": "je cherche", "jvai": "je vais", "jvais": "je vais",
        "jva": "je vais", "jpense": "je pense", "jdors": "je dors", "jdor": "je dors", "jdois": "je dois",
        "jdoi": "je dois", "jcrois": "je crois", "jcroi": "je crois", "jfais": "je fais", "jfai": "je fais",
        "jpaye": "je paye", "jperds": "je perds", "jme": "je me", "jcomprends": "je comprends",
        "jcomprend": "je comprends", "jtrouve": "je trouve", "jviens": "je viens", "jvien": "je viens",
        "jvoudrais": "je voudrais", "jvoudrai": "je voudrais", "jtravaille": "je travaille",
        "jattends": "j attends", "jattend": "j attends", "jhabite": "j habite", "jentends": "j entends",
        "jentend": "j entends", "jetouffe": "j etouffe", "g": "j ai", "c": "c est", "cest": "c est",
        "pr": "pour", "pcq": "parce que", "pke": "parce que", "pck": "parce que", "pq": "pourquoi",
        "pk": "pourquoi", "bcp": "beaucoup", "qqn": "quelqu un", "kelkun": "quelqu un",
        "qqch": "quelque chose", "svp": "s il vous plait", "stp": "s il te plait", "mtn": "maintenant",
        "qd": "quand", "kan": "quand", "tjs": "toujours", "tjrs": "toujours", "ds": "dans",
        "pb": "probleme", "pbs": "problemes", "vs": "vous", "ns": "nous", "ya": "il y a", "jms": "jamais",
        "tt": "tout", "ki": "qui", "ke": "que", "koi": "quoi", "mn": "mon", "rdv": "rendez vous",
        "slt": "salut", "bjr": "bonjour", "bsr": "bonsoir", "cc": "coucou", "mrc": "merci",
        "appart": "appartement", "proprio": "proprietaire", "wrm": "waarom", "kheb": "ik heb",
        "kben": "ik ben", "kkan": "ik kan", "kga": "ik ga", "kzoek": "ik zoek", "khb": "ik heb",
        "kzit": "ik zit", "kwil": "ik wil", "kweet": "ik weet", "ni": "niet", "nie": "niet", "nix": "niets",
        "ff": "even", "aub": "alstublieft", "svpl": "alstublieft", "mijne": "mijn", "mne": "mijn",
        "tis": "het is", "huisbaas": "verhuurder", "cant": "can not", "cannot": "can not", "dont": "do not",
        "didnt": "did not", "doesnt": "does not", "wont": "will not", "isnt": "is not",
        "havent": "have not", "hasnt": "has not", "couldnt": "could not", "im": "i am", "ive": "i have",
        "pls": "please", "plz": "please", "ur": "your", "thx": "thanks", "gonna": "going to",
        "wanna": "want to", "rly": "really", "smth": "something", "tmrw": "tomorrow", "rn": "right now",
        "bc": "because", "cuz": "because",
    }
)  # fmt: skip

_NEIGHBOURS = frozenset(("", "fr", "nl", "en"))
# Shortcuts that are words of another language, and where they are not.
ONLY_IN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(("kan", "ki", "ke", "ya"), frozenset(("", "fr"))),
        **dict.fromkeys(("ni", "nie", "nix"), frozenset(("", "nl"))),
        **dict.fromkeys(
            (
                *("g", "c", "pr", "pq", "pk", "qd", "ds", "pb", "vs", "ns", "tt", "mn", "cc", "stp"),
                *("ff", "aub", "mne", "tis", "im", "ive", "ur", "bc", "rn", "wont", "slt"),
            ),
            _NEIGHBOURS,
        ),
    }
)


def written_out(word: str, language: str) -> str:
    """Write out a folded word as its language shortens it, "" when it is no shortcut there."""
    return SHORTCUTS.get(word, "") if language in ONLY_IN.get(word, (language,)) else ""
