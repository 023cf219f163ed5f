import type { ConsentWords, Words } from './words.ts'

const declined =
  'Ihre Bank hat diese Karte abgelehnt. Es wurde nichts abgebucht. Bitte versuchen Sie es mit einer anderen Karte.'

const keepsMethod =
  'Ihre aktuelle Zahlungsmethode bleibt unverändert, und es wurde nichts abgebucht. Sie müssen hier nichts weiter tun.'

const paymentReturned =
  'Falls Sie bereits gezahlt haben, wird Ihnen der Betrag zurückerstattet. Sie müssen hier nichts weiter tun.'

/** The words of the hosted page in German. */
export const german: Words = {
  headlines: {
    setUp: 'Zahlungen einrichten',
    replace: 'Zahlungsmethode ersetzen',
    settingUp: 'Zahlungen werden eingerichtet',
    replacing: 'Neue Zahlungsmethode wird gespeichert',
    confirm: 'Bei Ihrer Bank bestätigen',
    closing: 'Die Einrichtung Ihrer Zahlungen wird beendet',
    closingReplacement: 'Der Wechsel Ihrer Zahlungsmethode wird beendet',
    done: 'Alles erledigt',
    active: 'Ihre Zahlungen sind eingerichtet',
    suspended: 'Ihre Zahlungen sind pausiert',
  },
  status: {
    sendingCard: 'Ihre Kartendaten werden an den Zahlungsdienstleister übermittelt\u00a0…',
    sending: 'Ihre Zahlungsmethode wird übermittelt\u00a0…',
    atGateway: 'Bitte fahren Sie im Fenster von {gateway} fort.',
    stillSending: 'Die Übermittlung läuft noch. Es wird nie doppelt abgebucht.',
    offline: 'Sie sind offline. Sobald Sie wieder online sind, geht es auf dieser Seite automatisch weiter.',
    unknown:
      'Die Verbindung wurde unterbrochen, daher ist das Ergebnis noch nicht bekannt. Diese Seite fragt es weiter ab. ' +
      'Es wird nie doppelt abgebucht.',
    queued: 'Das dauert etwas länger als gewöhnlich. Bitte lassen Sie diese Seite geöffnet.',
    working:
      'Ihre Zahlung wird verarbeitet. Das dauert in der Regel nur wenige Sekunden. Bitte lassen Sie diese Seite ' +
      'geöffnet.',
    workingFree:
      'Ihre Zahlungsmethode wird gespeichert. Es wird nichts abgebucht. Bitte lassen Sie diese Seite geöffnet.',
    long:
      'Das dauert länger als gewöhnlich. Es geht nichts verloren, und es wird nie doppelt abgebucht. Sie können ' +
      'diese Seite schließen und später über denselben Link zurückkehren.',
    confirm: 'Ihre Bank möchte sichergehen, dass Sie es sind. Es wurde noch nichts abgebucht.',
    confirmFree: 'Ihre Bank möchte sichergehen, dass Sie es sind. Es wird nichts abgebucht.',
    confirming: 'Bitte bestätigen Sie dies auf der Seite Ihrer Bank.',
    asked:
      'Wenn Sie bereits auf die Anfrage Ihrer Bank reagiert haben, geht es auf dieser Seite automatisch weiter. ' +
      'Falls nicht, öffnen Sie bitte den Link, der Ihnen gesendet wurde.',
    watching: 'Um eine Zahlungsmethode hinzuzufügen, öffnen Sie bitte den Link, der Ihnen gesendet wurde.',
    closing: 'Falls Sie bereits gezahlt haben, wird Ihre Zahlung abgeschlossen oder Ihnen zurückerstattet.',
    closingFree:
      'Falls der Wechsel nicht rechtzeitig abgeschlossen wurde, behalten Sie Ihre aktuelle Zahlungsmethode. Es wird ' +
      'nichts abgebucht.',
    done: 'Ihre Zahlungsmethode ist gespeichert und Ihr Kundenkonto ist aktiv. Sie können diese Seite schließen.',
    doneFree: 'Ihre neue Zahlungsmethode ist gespeichert. Sie können diese Seite schließen.',
    active: 'Ihre Zahlungen an {brand} sind eingerichtet. Sie müssen hier nichts weiter tun.',
    suspended:
      '{brand} hat die Zahlungen für dieses Kundenkonto pausiert. Bei Fragen wenden Sie sich bitte direkt an das ' +
      'Unternehmen.',
  },
  summary: {
    add: 'Fügen Sie eine Zahlungsmethode hinzu.',
    addFor: 'Fügen Sie eine Zahlungsmethode für „{item}“ hinzu.',
    replace: 'Fügen Sie eine andere Zahlungsmethode hinzu. Diese ersetzt Ihre aktuelle.',
    today: 'Heute',
    once: 'Einmalig, um die Zahlungsmethode zu prüfen.',
    kept: '{company} behält diesen Betrag.',
    returned: 'Der Betrag wird Ihnen zurückerstattet, sobald Ihr Kundenkonto aktiv ist.',
    free: 'Jetzt wird nichts abgebucht.',
    later: 'Später',
    stop: 'Spätere Abbuchungen beenden',
    stopAsk: 'Bitte wenden Sie sich an {company}',
    noCard: 'Ihre Kartennummer wird nie an {brand} übermittelt.',
  },
  form: {
    paymentMethod: 'Zahlungsmethode',
    card: 'Karte',
    orCard: 'Oder mit Karte',
    loadingCard: 'Kartenformular wird geladen\u00a0…',
    pay: '{price} zahlen und abschließen',
    save: 'Zahlungsmethode speichern',
    continueAt: 'Weiter zu {gateway}',
    paying: 'Zahlung von {price} läuft\u00a0…',
    saving: 'Zahlungsmethode wird gespeichert\u00a0…',
    retry: 'Erneut laden',
    confirm: 'Bei Ihrer Bank bestätigen',
    anotherCard: 'Andere Karte verwenden',
    anotherMethod: 'Andere Zahlungsmethode wählen',
    nothingOffered:
      '{brand} kann derzeit keine Zahlungsmethode annehmen, weil der Zahlungsdienstleister das Konto des ' +
      'Unternehmens nicht akzeptiert. Das Unternehmen wurde benachrichtigt. Es wurde nichts abgebucht. Bitte kommen ' +
      'Sie später über denselben Link zurück.',
  },
  alerts: {
    cardNotLoaded:
      'Das Kartenformular des Zahlungsdienstleisters konnte nicht geladen werden. Bitte prüfen Sie Ihre ' +
      'Internetverbindung.',
    cardSlow: 'Das Kartenformular des Zahlungsdienstleisters lädt ungewöhnlich lange.',
    gatewayNotLoaded:
      '{gateway} wurde nicht geladen. Bitte prüfen Sie Ihre Internetverbindung oder wählen Sie eine andere ' +
      'Zahlungsmethode.',
    gatewayNotEligible:
      '{gateway} ist für diese Zahlung nicht verfügbar. Bitte wählen Sie eine andere Zahlungsmethode oder wenden Sie ' +
      'sich an das Unternehmen, das Ihnen diesen Link gesendet hat.',
    gatewayNotApproved: 'Die Freigabe bei {gateway} ist nicht erfolgt. Es wurde nichts abgebucht.',
    checkInput: 'Bitte prüfen Sie Ihre Eingaben.',
    refused: 'Diese Zahlungsmethode konnte nicht übermittelt werden. Es wurde nichts abgebucht.',
    slowDown:
      'Das ist gerade nicht möglich. Es wurde nichts abgebucht. Bitte versuchen Sie es in einer Minute noch einmal.',
    coolDown:
      'Es wurden zu viele Zahlungsmethoden abgelehnt. Zu Ihrem Schutz nimmt diese Seite die nächste erst ab {time} ' +
      'Uhr an.',
    lastAttempt: 'Mit diesem Link ist noch ein Versuch möglich.',
    agree: 'Bitte stimmen Sie zu, bevor Sie fortfahren.',
    priceChanged:
      'Der Betrag hat sich von {old} auf {new} geändert, während diese Seite geöffnet war. Es wurde nichts ' +
      'abgebucht. Bitte prüfen Sie den neuen Betrag, bevor Sie zahlen.',
    oldBrowser:
      'Dieser Browser ist zu alt für diese Seite. Bitte öffnen Sie diesen Link in einer aktuellen Version von ' +
      'Safari, Chrome, Firefox oder Edge.',
    needsScript:
      'Diese Seite benötigt JavaScript. Bitte erlauben Sie es für diese Website und laden Sie die Seite neu.',
    scriptNotLoaded:
      'Das Skript dieser Seite wurde nicht geladen, und ohne das Skript funktioniert die Seite nicht. Bitte prüfen ' +
      'Sie Ihre Internetverbindung, erlauben Sie JavaScript für diese Website und laden Sie die Seite neu.',
  },
  declines: {
    declined,
    do_not_try_again: declined,
    insufficient_funds:
      'Ihre Bank hat diese Karte wegen unzureichender Deckung abgelehnt. Es wurde nichts abgebucht. Bitte versuchen ' +
      'Sie es mit einer anderen Karte.',
    expired_card:
      'Diese Karte ist abgelaufen. Es wurde nichts abgebucht. Bitte versuchen Sie es mit einer anderen Karte.',
    incorrect_cvc:
      'Der Sicherheitscode ist nicht korrekt. Es wurde nichts abgebucht. Bitte prüfen Sie Ihre Eingabe und versuchen ' +
      'Sie es noch einmal.',
    incorrect_number:
      'Die Kartennummer ist nicht korrekt. Es wurde nichts abgebucht. Bitte prüfen Sie Ihre Eingabe und versuchen ' +
      'Sie es noch einmal.',
    incorrect_postal_code:
      'Die Postleitzahl passt nicht zu dieser Karte. Es wurde nichts abgebucht. Bitte prüfen Sie Ihre Eingabe und ' +
      'versuchen Sie es noch einmal.',
    check_card_data:
      'Ihre Bank hat die Angaben zu dieser Karte nicht akzeptiert. Es wurde nichts abgebucht. Bitte prüfen Sie die ' +
      'Angaben oder verwenden Sie eine andere Karte.',
    card_not_supported:
      'Diese Karte kann für diese Zahlung nicht verwendet werden. Es wurde nichts abgebucht. Bitte versuchen Sie es ' +
      'mit einer anderen Karte.',
    try_again_later:
      'Ihre Bank konnte die Zahlung gerade nicht verarbeiten. Es wurde nichts abgebucht. Bitte versuchen Sie es ' +
      'gleich noch einmal oder verwenden Sie eine andere Karte.',
    authentication_failed:
      'Ihre Bank konnte Ihre Identität nicht bestätigen. Es wurde nichts abgebucht. Bitte versuchen Sie es noch ' +
      'einmal oder verwenden Sie eine andere Karte.',
    authentication_required:
      'Ihre Bank verlangt, dass Sie diese Zahlung bestätigen. Es wurde nichts abgebucht. Bitte geben Sie die ' +
      'Kartendaten hier ein.',
    paypal_declined:
      'PayPal hat die Zahlung abgelehnt. Es wurde nichts abgebucht. Bitte wählen Sie bei PayPal eine andere ' +
      'Zahlungsquelle oder verwenden Sie eine andere Zahlungsmethode.',
    paypal_account:
      'Dieses PayPal-Konto kann hier nicht verwendet werden. Es wurde nichts abgebucht. Bitte verwenden Sie eine ' +
      'andere Zahlungsmethode.',
    paypal_approval_needed:
      'PayPal benötigt noch einmal Ihre Freigabe. Es wurde nichts abgebucht. Bitte wählen Sie PayPal erneut aus.',
    took_too_long:
      'Ihre Bank konnte nicht rechtzeitig erreicht werden. Es wurde nichts abgebucht. Bitte geben Sie Ihre ' +
      'Kartendaten noch einmal ein.',
    method_not_usable:
      'Diese Zahlungsmethode kann nicht verwendet werden. Es wurde nichts abgebucht. Bitte geben Sie eine andere an.',
    onboarding_ended: 'Die Einrichtung Ihrer Zahlungen wurde beendet. Es wurde nichts abgebucht.',
  },
  steps: {
    title: 'Fortschritt',
    paymentMethod: 'Zahlungsmethode',
    payment: 'Zahlung von {price}',
    activation: 'Aktivierung des Kundenkontos',
    enrollment: 'Start: {item}',
    enrollmentUnnamed: 'Start',
  },
  stepStates: { waiting: 'folgt', running: 'läuft', done: 'erledigt', skipped: 'nicht nötig', failed: 'beendet' },
  notices: {
    expired: {
      title: 'Dieser Link ist abgelaufen',
      text:
        'Es wurde nichts abgebucht. Sie können einen neuen Link anfordern; das Unternehmen, das Ihnen diesen Link ' +
        'gesendet hat, wird benachrichtigt.',
    },
    replaced: {
      title: 'Es gibt einen neueren Link',
      text:
        'Dieser Link wurde ersetzt. Bitte öffnen Sie die neueste Nachricht des Unternehmens, das Ihnen den Link ' +
        'gesendet hat.',
    },
    exhausted: {
      title: 'Dieser Link kann nicht mehr verwendet werden',
      text:
        'Mit diesem Link wurden zu viele Zahlungsmethoden abgelehnt. Es wurde nichts abgebucht. Sie können einen ' +
        'neuen Link anfordern; das Unternehmen, das Ihnen diesen Link gesendet hat, wird benachrichtigt.',
    },
    unavailable: {
      title: 'Diese Seite kann gerade nicht angezeigt werden',
      text: 'Es wurde nichts geändert, und Ihr Link bleibt gültig. Bitte versuchen Sie es in einer Minute noch einmal.',
    },
    canceled: {
      title: 'Die Einrichtung Ihrer Zahlungen wurde abgebrochen',
      text: paymentReturned,
    },
    failed: {
      title: 'Die Einrichtung Ihrer Zahlungen konnte nicht abgeschlossen werden',
      text: paymentReturned,
    },
    returned: {
      title: 'Sie können dieses Fenster schließen',
      text:
        'Ihre Antwort ist bei Ihrer Bank eingegangen. Die Einrichtung wird automatisch fortgesetzt; über Ihren Link ' +
        'sehen Sie den Fortschritt.',
    },
    no_token: {
      title: 'Bitte öffnen Sie Ihren Link noch einmal',
      text:
        'Diese Adresse funktioniert nur in dem Tab, in dem Sie Ihren Link geöffnet haben. Gehen Sie zurück zur ' +
        'E-Mail oder Nachricht mit dem Link und öffnen Sie ihn noch einmal. Es ist nichts verloren gegangen.',
    },
    not_found: {
      title: 'Dieser Link funktioniert nicht',
      text: 'Bitte öffnen Sie ihn noch einmal aus der E-Mail oder Nachricht, oder kopieren Sie ihn vollständig.',
    },
  },
  noticesOfReplacement: {
    expired: {
      title: 'Dieser Link ist abgelaufen',
      text:
        'Ihre aktuelle Zahlungsmethode bleibt unverändert. Sie können einen neuen Link anfordern; das Unternehmen, ' +
        'das Ihnen diesen Link gesendet hat, wird benachrichtigt.',
    },
    exhausted: {
      title: 'Dieser Link kann nicht mehr verwendet werden',
      text:
        'Mit diesem Link wurden zu viele Zahlungsmethoden abgelehnt. Ihre aktuelle Zahlungsmethode bleibt ' +
        'unverändert, und es wurde nichts abgebucht. Sie können einen neuen Link anfordern; das Unternehmen, das ' +
        'Ihnen diesen Link gesendet hat, wird benachrichtigt.',
    },
    canceled: {
      title: 'Der Wechsel Ihrer Zahlungsmethode wurde abgebrochen',
      text: keepsMethod,
    },
    failed: {
      title: 'Ihre Zahlungsmethode konnte nicht ersetzt werden',
      text: keepsMethod,
    },
  },
  end: {
    paid: 'Am {date} haben Sie {price} an {brand} gezahlt.',
    returned: 'Der Betrag wird Ihnen zurückerstattet. Je nach Bank dauert das 5 bis 10 Tage.',
    statement: 'Auf Ihrem Kontoauszug erscheint die Zahlung als {statement}.',
    reference: 'Referenz: {reference}',
    redirect: 'In wenigen Sekunden gelangen Sie zurück zu {brand}.',
    stay: 'Hier bleiben',
  },
  ended: {
    returned: 'Ihre Zahlung wird Ihnen zurückerstattet. Sie müssen hier nichts weiter tun.',
    returnedExpired:
      'Ihre Zahlung wird Ihnen zurückerstattet. Sie können einen neuen Link anfordern; das Unternehmen, das Ihnen ' +
      'diesen Link gesendet hat, wird benachrichtigt.',
    notCharged: 'Es wurde nichts abgebucht. Sie müssen hier nichts weiter tun.',
  },
  newLink: {
    ask: 'Neuen Link anfordern',
    asked: '{brand} wurde informiert, dass Sie einen neuen Link benötigen.',
    failed: 'Das hat nicht funktioniert. Bitte versuchen Sie es noch einmal.',
  },
  page: {
    shared: '{brand} bittet Sie, eine Zahlungsmethode hinzuzufügen.',
    back: 'Zurück zu {brand}',
    language: 'Sprache',
    terms: 'AGB',
    privacy: 'Datenschutzerklärung',
    testMode: 'Testmodus: Es fließt kein echtes Geld',
    questions: 'Fragen?',
    notKept:
      'Ihr Browser speichert nichts für diese Seite. Bitte laden Sie die Seite nicht neu; um zurückzukehren, öffnen ' +
      'Sie Ihren Link noch einmal.',
  },
}

/** What the customer agrees to: see `consent-versions.ts` before you change it. */
export const germanConsent: ConsentWords = {
  byButton: 'Indem Sie fortfahren, stimmen Sie Folgendem zu:',
  byBox: 'Ich stimme Folgendem zu:',
  now: '{company} bucht jetzt {price} ab.',
  nowReturned: '{company} bucht jetzt {price} ab und erstattet den Betrag, sobald das Kundenkonto aktiv ist.',
  nothingNow: 'Jetzt wird nichts abgebucht.',
  saved:
    'Diese Zahlungsmethode wird beim Zahlungsdienstleister für spätere Abbuchungen durch {company} gespeichert, bis ' +
    'Sie diese Einwilligung widerrufen. Bitte wenden Sie sich an {company}, um sie zu widerrufen.',
  later: {
    agreed: 'Spätere Abbuchungen erfolgen wie mit {company} vereinbart.',
    each: '{company} bucht für „{item}“ bei jeder Fälligkeit {price} ab.',
    gte: '{company} bucht für „{item}“ jedes Mal {price} ab, wenn der gemessene Wert mindestens {threshold} beträgt.',
    lte: '{company} bucht für „{item}“ jedes Mal {price} ab, wenn der gemessene Wert höchstens {threshold} beträgt.',
    eq: '{company} bucht für „{item}“ jedes Mal {price} ab, wenn der gemessene Wert genau {threshold} beträgt.',
  },
  anAmount: 'einen vom Unternehmen festgelegten Betrag',
  terms: 'Es gelten die [AGB].',
  privacy: 'Zum Umgang mit personenbezogenen Daten: [Datenschutzerklärung].',
}
