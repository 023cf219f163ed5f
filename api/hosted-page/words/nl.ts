import type { ConsentWords, Words } from './words.ts'

const declined = 'Uw bank heeft deze kaart geweigerd. Er is niets afgeschreven. Probeer het met een andere kaart.'

const keepsMethod =
  'Uw huidige betaalmethode blijft ongewijzigd en er is niets afgeschreven. U hoeft hier niets meer te doen.'

const paymentReturned = 'Als u al had betaald, krijgt u het bedrag terug. U hoeft hier niets meer te doen.'

/** The words of the hosted page in Dutch. */
export const dutch: Words = {
  headlines: {
    setUp: 'Betalingen instellen',
    replace: 'Betaalmethode vervangen',
    settingUp: 'Betalingen worden ingesteld',
    replacing: 'Nieuwe betaalmethode wordt opgeslagen',
    confirm: 'Bevestigen bij uw bank',
    closing: 'Het instellen van betalingen wordt beëindigd',
    closingReplacement: 'De vervanging van uw betaalmethode wordt beëindigd',
    done: 'Alles is geregeld',
    active: 'Uw betalingen zijn ingesteld',
    suspended: 'Uw betalingen zijn gepauzeerd',
  },
  status: {
    sendingCard: 'Uw kaartgegevens worden naar de betaalprovider verzonden…',
    sending: 'Uw betaalmethode wordt verzonden…',
    atGateway: 'Ga verder in het venster van {gateway}.',
    stillSending: 'We zijn er nog mee bezig. Er wordt nooit dubbel afgeschreven.',
    offline: 'U bent offline. Deze pagina gaat vanzelf verder zodra u weer online bent.',
    unknown:
      'De verbinding is verbroken, dus het resultaat is nog niet bekend. Deze pagina blijft dit controleren. Er ' +
      'wordt nooit dubbel afgeschreven.',
    queued: 'Dit duurt iets langer dan normaal. Houd deze pagina open.',
    working: 'Uw betaling wordt verwerkt. Dit duurt meestal een paar seconden. Houd deze pagina open.',
    workingFree: 'Uw betaalmethode wordt opgeslagen. Er wordt niets afgeschreven. Houd deze pagina open.',
    long:
      'Dit duurt langer dan normaal. Er gaat niets verloren en er wordt nooit dubbel afgeschreven. U kunt deze ' +
      'pagina sluiten en later met dezelfde link terugkomen.',
    confirm: 'Uw bank wil zeker weten dat u het bent. Er is nog niets afgeschreven.',
    confirmFree: 'Uw bank wil zeker weten dat u het bent. Er wordt niets afgeschreven.',
    confirming: 'Bevestig dit op de pagina van uw bank.',
    asked:
      'Als u al op het verzoek van uw bank hebt gereageerd, gaat deze pagina vanzelf verder. Open anders de link die ' +
      'u hebt ontvangen.',
    watching: 'Open de link die u hebt ontvangen om een betaalmethode toe te voegen.',
    closing: 'Als u al hebt betaald, wordt uw betaling voltooid of krijgt u het bedrag terug.',
    closingFree:
      'Als de vervanging niet op tijd is voltooid, behoudt u uw huidige betaalmethode. Er wordt niets afgeschreven.',
    done: 'Uw betaalmethode is opgeslagen en uw account is actief. U kunt deze pagina sluiten.',
    doneFree: 'Uw nieuwe betaalmethode is opgeslagen. U kunt deze pagina sluiten.',
    active: 'Uw betalingen aan {brand} zijn ingesteld. U hoeft hier niets te doen.',
    suspended:
      '{brand} heeft de betalingen voor dit account gepauzeerd. Neem bij vragen rechtstreeks contact op met het ' +
      'bedrijf.',
  },
  summary: {
    add: 'Voeg een betaalmethode toe.',
    addFor: 'Voeg een betaalmethode toe voor ‘{item}’.',
    replace: 'Voeg een andere betaalmethode toe. Deze vervangt uw huidige betaalmethode.',
    today: 'Vandaag',
    once: 'Eenmalig, om de betaalmethode te controleren.',
    kept: '{company} behoudt dit bedrag.',
    returned: 'U krijgt dit bedrag terug zodra uw account actief is.',
    free: 'Er wordt nu niets afgeschreven.',
    later: 'Later',
    stop: 'Latere afschrijvingen stoppen',
    stopAsk: 'Neem contact op met {company}',
    noCard: 'Uw kaartnummer komt nooit bij {brand} terecht.',
  },
  form: {
    paymentMethod: 'Betaalmethode',
    card: 'Kaart',
    orCard: 'Of met een kaart',
    loadingCard: 'Kaartformulier wordt geladen…',
    pay: '{price} betalen en afronden',
    save: 'Betaalmethode opslaan',
    continueAt: 'Doorgaan naar {gateway}',
    paying: '{price} wordt betaald…',
    saving: 'Betaalmethode wordt opgeslagen…',
    retry: 'Opnieuw laden',
    confirm: 'Bevestigen bij uw bank',
    anotherCard: 'Andere kaart gebruiken',
    anotherMethod: 'Andere betaalmethode kiezen',
    nothingOffered:
      '{brand} kan op dit moment geen betaalmethode accepteren, omdat de betaalprovider het account van het bedrijf ' +
      'niet accepteert. Het bedrijf is op de hoogte gebracht. Er is niets afgeschreven. Kom later terug met dezelfde ' +
      'link.',
  },
  alerts: {
    cardNotLoaded:
      'Het kaartformulier van de betaalprovider kon niet worden geladen. Controleer uw internetverbinding.',
    cardSlow: 'Het laden van het kaartformulier van de betaalprovider duurt lang.',
    gatewayNotLoaded: '{gateway} is niet geladen. Controleer uw internetverbinding of kies een andere betaalmethode.',
    gatewayNotEligible:
      '{gateway} is niet beschikbaar voor deze betaling. Kies een andere betaalmethode of neem contact op met de ' +
      'afzender van deze link.',
    gatewayNotApproved: 'De goedkeuring bij {gateway} is niet afgerond. Er is niets afgeschreven.',
    checkInput: 'Controleer wat u hebt ingevuld.',
    refused: 'Deze betaalmethode kon niet worden verzonden. Er is niets afgeschreven.',
    slowDown: 'Dit is op dit moment niet mogelijk. Er is niets afgeschreven. Probeer het over een minuut opnieuw.',
    coolDown:
      'Er zijn te veel betaalmethoden geweigerd. Om u te beschermen accepteert deze pagina de volgende pas vanaf ' +
      '{time} uur.',
    lastAttempt: 'U kunt het met deze link nog één keer proberen.',
    agree: 'Ga hiermee akkoord voordat u verdergaat.',
    priceChanged:
      'Het bedrag is gewijzigd van {old} in {new} terwijl deze pagina open was. Er is niets afgeschreven. Controleer ' +
      'het nieuwe bedrag voordat u betaalt.',
    oldBrowser:
      'Deze browser is te oud voor deze pagina. Open deze link in een recente versie van Safari, Chrome, Firefox of ' +
      'Edge.',
    needsScript: 'Deze pagina heeft JavaScript nodig. Sta dit toe voor deze site en laad de pagina opnieuw.',
    scriptNotLoaded:
      'Het script van deze pagina is niet geladen en zonder dit script werkt de pagina niet. Controleer uw ' +
      'internetverbinding, sta JavaScript toe voor deze site en laad de pagina opnieuw.',
  },
  declines: {
    declined,
    do_not_try_again: declined,
    insufficient_funds:
      'Uw bank heeft deze kaart geweigerd wegens onvoldoende saldo. Er is niets afgeschreven. Probeer het met een ' +
      'andere kaart.',
    expired_card: 'Deze kaart is verlopen. Er is niets afgeschreven. Probeer het met een andere kaart.',
    incorrect_cvc:
      'De beveiligingscode is onjuist. Er is niets afgeschreven. Controleer de code en probeer het opnieuw.',
    incorrect_number:
      'Het kaartnummer is onjuist. Er is niets afgeschreven. Controleer het nummer en probeer het opnieuw.',
    incorrect_postal_code:
      'De postcode komt niet overeen met deze kaart. Er is niets afgeschreven. Controleer de postcode en probeer het ' +
      'opnieuw.',
    check_card_data:
      'Uw bank heeft de gegevens van deze kaart niet geaccepteerd. Er is niets afgeschreven. Controleer de gegevens ' +
      'of gebruik een andere kaart.',
    card_not_supported:
      'Deze kaart kan niet voor deze betaling worden gebruikt. Er is niets afgeschreven. Probeer het met een andere ' +
      'kaart.',
    try_again_later:
      'Uw bank kon de betaling op dit moment niet verwerken. Er is niets afgeschreven. Probeer het zo meteen opnieuw ' +
      'of gebruik een andere kaart.',
    authentication_failed:
      'Uw bank kon uw identiteit niet verifiëren. Er is niets afgeschreven. Probeer het opnieuw of gebruik een ' +
      'andere kaart.',
    authentication_required:
      'Uw bank vraagt u deze betaling te bevestigen. Er is niets afgeschreven. Voer de kaartgegevens hier in.',
    paypal_declined:
      'PayPal heeft de betaling geweigerd. Er is niets afgeschreven. Kies in PayPal een andere manier om te betalen ' +
      'of gebruik een andere betaalmethode.',
    paypal_account:
      'Dit PayPal-account kan hier niet worden gebruikt. Er is niets afgeschreven. Gebruik een andere betaalmethode.',
    paypal_approval_needed:
      'PayPal heeft opnieuw uw goedkeuring nodig. Er is niets afgeschreven. Kies nogmaals PayPal.',
    took_too_long:
      'Uw bank kon niet op tijd worden bereikt. Er is niets afgeschreven. Voer uw kaartgegevens opnieuw in.',
    method_not_usable: 'Deze betaalmethode kan niet worden gebruikt. Er is niets afgeschreven. Voer een andere in.',
    onboarding_ended: 'Het instellen van betalingen is beëindigd. Er is niets afgeschreven.',
  },
  steps: {
    title: 'Voortgang',
    paymentMethod: 'Betaalmethode',
    payment: 'Betaling van {price}',
    activation: 'Activering van uw account',
    enrollment: 'Start: {item}',
    enrollmentUnnamed: 'Start',
  },
  stepStates: { waiting: 'volgt', running: 'bezig', done: 'klaar', skipped: 'niet nodig', failed: 'beëindigd' },
  notices: {
    expired: {
      title: 'Deze link is verlopen',
      text:
        'Er is niets afgeschreven. U kunt een nieuwe link aanvragen; het bedrijf dat u deze link heeft gestuurd, ' +
        'krijgt daarvan bericht.',
    },
    replaced: {
      title: 'Er is een nieuwere link',
      text: 'Deze link is vervangen. Open het nieuwste bericht van het bedrijf dat u de link heeft gestuurd.',
    },
    exhausted: {
      title: 'Deze link kan niet meer worden gebruikt',
      text:
        'Met deze link zijn te veel betaalmethoden geweigerd. Er is niets afgeschreven. U kunt een nieuwe link ' +
        'aanvragen; het bedrijf dat u deze link heeft gestuurd, krijgt daarvan bericht.',
    },
    unavailable: {
      title: 'Deze pagina kan nu niet worden weergegeven',
      text: 'Er is niets gewijzigd en uw link blijft geldig. Probeer het over een minuut opnieuw.',
    },
    canceled: {
      title: 'Het instellen van betalingen is geannuleerd',
      text: paymentReturned,
    },
    failed: {
      title: 'Het instellen van betalingen kon niet worden voltooid',
      text: paymentReturned,
    },
    returned: {
      title: 'U kunt dit venster sluiten',
      text: 'Uw bank heeft uw antwoord ontvangen. Het instellen gaat vanzelf verder; via uw link ziet u de voortgang.',
    },
    no_token: {
      title: 'Open uw link opnieuw',
      text:
        'Dit adres werkt alleen in het tabblad waarin u uw link hebt geopend. Ga terug naar de e-mail of het bericht ' +
        'met de link en open die opnieuw. Er is niets verloren gegaan.',
    },
    not_found: {
      title: 'Deze link werkt niet',
      text: 'Open de link opnieuw vanuit de e-mail of het bericht, of kopieer de hele link.',
    },
  },
  noticesOfReplacement: {
    expired: {
      title: 'Deze link is verlopen',
      text:
        'Uw huidige betaalmethode blijft ongewijzigd. U kunt een nieuwe link aanvragen; het bedrijf dat u deze link ' +
        'heeft gestuurd, krijgt daarvan bericht.',
    },
    exhausted: {
      title: 'Deze link kan niet meer worden gebruikt',
      text:
        'Met deze link zijn te veel betaalmethoden geweigerd. Uw huidige betaalmethode blijft ongewijzigd en er is ' +
        'niets afgeschreven. U kunt een nieuwe link aanvragen; het bedrijf dat u deze link heeft gestuurd, krijgt ' +
        'daarvan bericht.',
    },
    canceled: {
      title: 'De vervanging van uw betaalmethode is geannuleerd',
      text: keepsMethod,
    },
    failed: {
      title: 'Uw betaalmethode kon niet worden vervangen',
      text: keepsMethod,
    },
  },
  end: {
    paid: 'Op {date} hebt u {price} betaald aan {brand}.',
    returned: 'U krijgt dit bedrag terug. Afhankelijk van uw bank duurt dat 5 tot 10 dagen.',
    statement: 'Op uw afschrift staat de betaling vermeld als {statement}.',
    reference: 'Referentie: {reference}',
    redirect: 'Over enkele seconden keert u terug naar {brand}.',
    stay: 'Hier blijven',
  },
  ended: {
    returned: 'Uw betaling wordt aan u terugbetaald. U hoeft hier niets te doen.',
    returnedExpired:
      'Uw betaling wordt aan u terugbetaald. U kunt een nieuwe link aanvragen; het bedrijf dat u deze link heeft ' +
      'gestuurd, krijgt daarvan bericht.',
    notCharged: 'Er is niets afgeschreven. U hoeft hier niets te doen.',
  },
  newLink: {
    ask: 'Nieuwe link aanvragen',
    asked: '{brand} heeft bericht gekregen dat u een nieuwe link nodig hebt.',
    failed: 'Dat is niet gelukt. Probeer het opnieuw.',
  },
  page: {
    shared: '{brand} vraagt u een betaalmethode toe te voegen.',
    back: 'Terug naar {brand}',
    language: 'Taal',
    terms: 'Voorwaarden',
    privacy: 'Privacybeleid',
    testMode: 'Testmodus: er wordt geen echt geld overgemaakt',
    questions: 'Vragen?',
    notKept:
      'Uw browser slaat niets op voor deze pagina. Laad de pagina niet opnieuw; open uw link nogmaals om ernaar ' +
      'terug te keren.',
  },
}

/** What the customer agrees to: see `consent-versions.ts` before you change it. */
export const dutchConsent: ConsentWords = {
  byButton: 'Door verder te gaan, gaat u akkoord met het volgende:',
  byBox: 'Ik ga akkoord met het volgende:',
  now: '{company} schrijft nu {price} af.',
  nowReturned: '{company} schrijft nu {price} af en betaalt dit bedrag terug zodra het account actief is.',
  nothingNow: 'Er wordt nu niets afgeschreven.',
  saved:
    'Deze betaalmethode wordt bij de betaalprovider opgeslagen voor latere afschrijvingen door {company}, totdat u ' +
    'deze toestemming intrekt. Neem contact op met {company} om deze in te trekken.',
  later: {
    agreed: 'Wat met {company} is afgesproken, geldt voor latere afschrijvingen.',
    each: '{company} schrijft voor ‘{item}’ telkens {price} af wanneer dit verschuldigd is.',
    gte: '{company} schrijft voor ‘{item}’ telkens {price} af wanneer de gemeten waarde {threshold} of meer is.',
    lte: '{company} schrijft voor ‘{item}’ telkens {price} af wanneer de gemeten waarde {threshold} of minder is.',
    eq: '{company} schrijft voor ‘{item}’ telkens {price} af wanneer de gemeten waarde precies {threshold} is.',
  },
  anAmount: 'een door het bedrijf bepaald bedrag',
  terms: 'De [voorwaarden] zijn van toepassing.',
  privacy: 'Gebruik van persoonsgegevens: [privacybeleid].',
}
