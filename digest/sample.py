"""A made-up edition, to try the letter by hand: the news, the figures and the addresses in it are invented."""

from __future__ import annotations

from datetime import date, timedelta

from digest.edition import Audience, Edition, Entry, EventData, compose
from digest.letterhead import Letterhead

LETTERHEAD = Letterhead(
    sender_name="Participatieradar",
    sender_address="radar@voorbeeld.example",
    reply_to="redactie@voorbeeld.example",
    postal="Werkgroep Huurdersparticipatie, Voorbeeldstraat 1, 7551 AA Hengelo",
    contact="redactie@voorbeeld.example, 074 000 00 00",
    public_url="https://radar.voorbeeld.example",
    list_id="participatieradar.voorbeeld.example",
)


def sample(today: date) -> Edition:
    """An edition for tenant organisations with eight entries, two of them meetings after `today`."""
    year, week, _ = today.isocalendar()
    return compose(
        [*_news(today), *_examples(today), *_meetings(today)],
        Audience.HUURDERSORGANISATIE,
        issue=f"{year}-W{week:02}",
        number=12,
        composed_on=today,
        intro="Deze week veel over kiezen: huurders die zelf hun aannemer uitzoeken, en een panel dat mee beslist. "
        "En let op: u kunt zich nog tot eind deze week aanmelden voor de training in Hengelo.",
    )


def _news(today: date) -> list[Entry]:
    return [
        Entry(
            reference="sample-1",
            title="Huurders kiezen zelf de aannemer voor hun renovatie",
            address="https://publicaties.example/nieuws/huurders-kiezen-de-aannemer",
            source="Platform Stad",
            published=today - timedelta(days=1),
            summary="In Deventer beoordeelden 84 huurders drie aannemers op planning, overlast en nazorg. "
            "Hun keuze telde voor de helft mee. De corporatie nam het oordeel over.",
            why="Uw organisatie kan bij een renovatie vragen om een stem in de aanbesteding. "
            "Het formulier met de vragen staat bij het artikel.",
        ),
        Entry(
            reference="sample-2",
            title="Adviesrecht bij fusie: rechter geeft huurdersorganisatie gelijk",
            address="https://huurders.example/nieuws/adviesrecht-bij-fusie",
            source="Huurdersbond",
            published=today - timedelta(days=3),
            summary="Een verhuurder vroeg pas om advies toen het besluit al vaststond. Dat is te laat, zegt de "
            "rechter: de zes weken voor het advies beginnen als alle stukken er zijn.",
            why="U mag wachten met advies tot u alle stukken hebt.",
        ),
        Entry(
            reference="sample-3",
            title="Handreiking: met tien stappen naar prestatieafspraken waar huurders aan meeschrijven",
            address="https://publicaties.example/publicaties/tien-stappen",
            source="Platform Stad",
            published=today - timedelta(days=4),
            summary="De handreiking telt 36 pagina's en heeft per stap een lijst met vragen. "
            "Er staan voorbeelden in van vijf gemeenten.",
            why="Het bod van de corporatie komt voor 1 juli; met deze lijst bereidt u het gesprek voor.",
            kind="publicatie",
        ),
    ]


def _examples(today: date) -> list[Entry]:
    return [
        Entry(
            reference="sample-4",
            title="Stille huurders bereikt: aan de keukentafel in plaats van in de zaal",
            address="https://corporaties.example/praktijk/aan-de-keukentafel",
            source="Vereniging van corporaties",
            published=today - timedelta(days=2),
            summary="Vrijwilligers voerden 120 gesprekken bij mensen thuis. Zeven van de tien bewoners hadden nog "
            "nooit een vergadering bezocht. Hun punten staan nu in het jaarplan.",
            why="Deze aanpak is over te nemen met acht vrijwilligers en een korte training.",
            kind="praktijkvoorbeeld",
        ),
        Entry(
            reference="sample-5",
            title="Buurtbudget van 15.000 euro: bewoners beslissen, de corporatie betaalt",
            address="https://corporaties.example/praktijk/buurtbudget",
            source="Vereniging van corporaties",
            published_text="oktober 2026",
            summary="In vier flats stemden bewoners over elf plannen. Drie plannen zijn nu klaar.",
            why="De spelregels passen op één bladzijde en zijn vrij te gebruiken.",
            kind="praktijkvoorbeeld",
        ),
        Entry(
            reference="sample-6",
            title="Vier Twentse huurdersorganisaties gaan samen verder",
            address="https://wonen-twente.example/nieuws/samen-verder",
            source="Wonen in Twente",
            published=today - timedelta(days=5),
            summary="De vier besturen delen voortaan een secretariaat en een scholingsplan. Elke organisatie houdt "
            "haar eigen stem in het overleg met de verhuurder.",
            why="Zoekt u bestuursleden? Het plan laat zien welk werk u kunt delen.",
            region=True,
        ),
    ]


def _meetings(today: date) -> list[Entry]:
    return [
        Entry(
            reference="sample-7",
            title="Training: advies geven dat telt",
            address="https://huurders.example/agenda/advies-dat-telt",
            source="Huurdersbond",
            published=today - timedelta(days=6),
            summary="Een middag oefenen met een echte adviesaanvraag, in kleine groepen. Meedoen is gratis.",
            why="Voor bestuursleden die dit jaar voor het eerst advies geven.",
            kind="agenda",
            event=EventData(day=today + timedelta(days=9), place="Hengelo", deadline=today + timedelta(days=4)),
        ),
        Entry(
            reference="sample-8",
            title="Webinar: een digitaal huurderspanel opzetten",
            address="https://publicaties.example/bijeenkomsten/digitaal-panel",
            source="Platform Stad",
            summary="Drie panels vertellen wat werkt, wat het kost en hoe zij de uitkomst terugkoppelen.",
            kind="agenda",
            event=EventData(day=today + timedelta(days=15), place="online"),
        ),
    ]
