"""The words of the node's own pages, in each language of the interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["LANGUAGES", "WORDS", "PageWords"]

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "fr": "Français", "hi": "हिन्दी"}
"""Each language by its code, in its own name; the first serves where none is asked for."""


@dataclass(frozen=True, kw_only=True)
class PageWords:
    """What the pages say.

    Args:
        languages: Name of the list of languages.
        title: Heading of the front page; ``{party}`` stands for the party's name.
        purpose: What the node is.
        access: Who may use it.
        desk: Name of the link to the officers' desk.
        documentation: Name of the link to the API's pages.
        description: Name of the link to the API's machine-readable description.
        health: Name of the link to the node's health.
        front: Name of the link to the front page.
        refusals: Heading and sentence of each refusal, by HTTP status.
    """

    languages: str
    title: str
    purpose: str
    access: str
    desk: str
    documentation: str
    description: str
    health: str
    front: str
    refusals: Mapping[int, tuple[str, str]]


WORDS: Final[Mapping[str, PageWords]] = {
    "en": PageWords(
        languages="Languages",
        title="Accord node: {party}",
        purpose="Through this node, officers of one state ask and answer requests on security of a state with which it "
        "has agreed to cooperate. Nothing leaves it before that state's own law has been asked.",
        access="It serves officers and national case systems that hold an account. There is no sign-in on this page.",
        desk="The officers' desk",
        documentation="Documentation of the API",
        description="Description of the API for programs (OpenAPI)",
        health="Health of this node",
        front="To the front page",
        refusals={
            400: ("The request cannot be read", "Check the address and try again."),
            403: ("This is not allowed", "What you asked for is not open to you here."),
            404: ("Nothing stands at this address", "Check the address, or begin at the front page."),
            405: ("This is not done here", "The address exists, but it does not take this kind of request."),
            500: (
                "The node failed",
                "Nothing was changed. Tell the operator of this node when it happened, and try again later.",
            ),
        },
    ),
    "fr": PageWords(
        languages="Langues",
        title="Nœud Accord : {party}",
        purpose="Par ce nœud, les agents d'un État posent des demandes en matière de sécurité à un État avec lequel il "
        "est convenu de coopérer, et y répondent. Rien n'en sort avant que le droit de cet État n'ait été consulté.",
        access="Il sert aux agents et aux systèmes nationaux qui disposent d'un compte. "
        "On ne s'identifie pas sur cette page.",
        desk="Le bureau des agents",
        documentation="Documentation de l'API",
        description="Description de l'API pour les programmes (OpenAPI)",
        health="État de ce nœud",
        front="Vers la page d'accueil",
        refusals={
            400: ("La requête est illisible", "Vérifiez l'adresse et réessayez."),
            403: ("Ce n'est pas permis", "Ce que vous demandez ne vous est pas ouvert ici."),
            404: ("Rien ne se trouve à cette adresse", "Vérifiez l'adresse ou partez de la page d'accueil."),
            405: ("Cela ne se fait pas ici", "L'adresse existe, mais n'accepte pas ce genre de requête."),
            500: (
                "Le nœud a connu une défaillance",
                "Rien n'a été modifié. Signalez l'heure à l'exploitant de ce nœud et réessayez plus tard.",
            ),
        },
    ),
    "hi": PageWords(
        languages="भाषाएँ",
        title="Accord नोड: {party}",
        purpose="इस नोड के माध्यम से एक राज्य के अधिकारी उस राज्य से सुरक्षा संबंधी अनुरोध करते हैं और उनके उत्तर देते हैं, जिसके साथ सहयोग "
        "पर सहमति हुई है। उस राज्य का अपना कानून पूछे बिना यहाँ से कुछ भी बाहर नहीं जाता।",
        access="इसका उपयोग वे अधिकारी और राष्ट्रीय प्रणालियाँ करती हैं जिनके पास खाता है। इस पृष्ठ पर साइन-इन नहीं होता।",
        desk="अधिकारियों का डेस्क",
        documentation="API का दस्तावेज़",
        description="प्रोग्रामों के लिए API का विवरण (OpenAPI)",
        health="इस नोड की स्थिति",
        front="मुख्य पृष्ठ पर जाएँ",
        refusals={
            400: ("अनुरोध पढ़ा नहीं जा सका", "पता जाँचें और फिर प्रयास करें।"),
            403: ("इसकी अनुमति नहीं है", "आपने जो माँगा है वह यहाँ आपके लिए खुला नहीं है।"),
            404: ("इस पते पर कुछ नहीं है", "पता जाँचें, या मुख्य पृष्ठ से आरंभ करें।"),
            405: ("यह यहाँ नहीं किया जाता", "पता मौजूद है, पर इस प्रकार का अनुरोध नहीं लेता।"),
            500: (
                "नोड में त्रुटि हुई",
                "कुछ भी बदला नहीं गया। इस नोड के संचालक को समय बताएँ और बाद में फिर प्रयास करें।",
            ),
        },
    ),
}
"""The words by language."""
