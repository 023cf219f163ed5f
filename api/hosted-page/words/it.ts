import type { ConsentWords, Words } from './words.ts'

const declined =
  "La sua banca ha rifiutato questa carta. Non è stato addebitato alcun importo. Provi con un'altra carta."
const keepsMethod =
  'Il suo metodo di pagamento attuale resta invariato e non è stato addebitato alcun importo. Qui non deve fare nulla.'

/** The words of the hosted page in Italian. */
export const italian: Words = {
  headlines: {
    setUp: 'Configurazione dei pagamenti',
    replace: 'Sostituzione del metodo di pagamento',
    settingUp: 'Configurazione dei pagamenti in corso',
    replacing: 'Salvataggio del nuovo metodo di pagamento',
    confirm: 'La sua banca richiede una conferma',
    closing: 'Questa configurazione è in chiusura',
    closingReplacement: 'La sostituzione del metodo di pagamento è in chiusura',
    done: 'Tutto pronto',
    active: 'I pagamenti sono configurati',
    suspended: 'Gli addebiti sono sospesi',
  },
  status: {
    sendingCard: 'Invio della carta al fornitore di servizi di pagamento…',
    sending: 'Invio del metodo di pagamento…',
    atGateway: 'Prosegua nella finestra di {gateway}.',
    stillSending: "L'operazione è ancora in corso. Nessun importo viene addebitato due volte.",
    offline:
      'Connessione a internet assente. Questa pagina proseguirà da sola non appena la connessione tornerà disponibile.',
    unknown:
      "La connessione si è interrotta, quindi l'esito non è ancora noto. Questa pagina continua a verificarlo. " +
      'Nessun importo viene addebitato due volte.',
    queued: "L'operazione richiede un po' più tempo del solito. Tenga aperta questa pagina.",
    working: 'Il suo pagamento è in elaborazione. Di solito bastano pochi secondi. Tenga aperta questa pagina.',
    workingFree:
      'Il suo metodo di pagamento è in fase di salvataggio. Non viene addebitato nulla. Tenga aperta questa pagina.',
    long:
      "L'operazione richiede più tempo del solito. Nulla è andato perso e nessun importo viene addebitato due volte. " +
      'Può chiudere questa pagina e tornare con lo stesso link.',
    confirm: 'La sua banca vuole verificare la sua identità. Non è stato ancora addebitato alcun importo.',
    confirmFree: 'La sua banca vuole verificare la sua identità. Non viene addebitato nulla.',
    confirming: 'Confermi nella pagina della sua banca.',
    asked:
      'Se ha già risposto alla sua banca, questa pagina prosegue da sola. In caso contrario, apra il link che le è ' +
      'stato inviato.',
    watching: 'Per aggiungere un metodo di pagamento, apra il link che le è stato inviato.',
    closing: "Se ha effettuato un pagamento, questo viene completato oppure l'importo le viene restituito.",
    closingFree:
      'Se la sostituzione non è stata completata in tempo, resta valido il metodo di pagamento attuale. Non viene ' +
      'addebitato nulla.',
    done: 'Il suo metodo di pagamento è stato salvato e il suo account è attivo. Può chiudere questa pagina.',
    doneFree: 'Il suo nuovo metodo di pagamento è stato salvato. Può chiudere questa pagina.',
    active: 'I pagamenti a {brand} sono attivi. Qui non deve fare nulla.',
    suspended: "{brand} ha sospeso gli addebiti per questo account. Per eventuali domande, contatti l'azienda.",
  },
  summary: {
    add: 'Aggiunga un metodo di pagamento.',
    addFor: 'Aggiunga un metodo di pagamento per {item}.',
    replace: 'Aggiunga un altro metodo di pagamento. Sostituirà quello attuale.',
    today: 'Oggi',
    once: 'Una sola volta, per verificare il metodo di pagamento.',
    kept: 'Questo importo resta a {company}.',
    returned: "L'importo le verrà restituito non appena il suo account sarà attivo.",
    free: 'Ora non viene addebitato nulla.',
    later: 'In seguito',
    stop: 'Per interrompere gli addebiti successivi',
    stopAsk: 'Contatti {company}',
    noCard: 'Il numero della sua carta non arriva mai a {brand}.',
  },
  form: {
    paymentMethod: 'Metodo di pagamento',
    card: 'Carta',
    orCard: 'Oppure con carta',
    loadingCard: 'Caricamento del modulo della carta…',
    pay: 'Paga {price} e termina',
    save: 'Salva metodo di pagamento',
    continueAt: 'Continua su {gateway}',
    paying: 'Pagamento di {price} in corso…',
    saving: 'Salvataggio del metodo di pagamento…',
    retry: 'Ricarica',
    confirm: 'Conferma con la banca',
    anotherCard: "Usa un'altra carta",
    anotherMethod: 'Scegli un altro metodo di pagamento',
    nothingOffered:
      '{brand} al momento non può accettare metodi di pagamento: il fornitore di servizi di pagamento non accetta ' +
      "l'account dell'azienda, che è già stata avvisata. Non è stato addebitato alcun importo. Torni più tardi con " +
      'lo stesso link.',
  },
  alerts: {
    cardNotLoaded:
      'Non è stato possibile caricare il modulo della carta del fornitore di servizi di pagamento. Controlli la ' +
      'connessione.',
    cardSlow: 'Il fornitore di servizi di pagamento sta impiegando molto tempo a caricare il modulo della carta.',
    gatewayNotLoaded: '{gateway} non è stato caricato. Controlli la connessione o scelga un altro metodo di pagamento.',
    gatewayNotEligible:
      '{gateway} non è disponibile per questo pagamento. Scelga un altro metodo di pagamento o si rivolga a chi le ' +
      'ha inviato questo link.',
    gatewayNotApproved: "L'approvazione su {gateway} non è stata completata. Non è stato addebitato alcun importo.",
    checkInput: 'Controlli i dati inseriti.',
    refused: 'Non è stato possibile inviare questo metodo di pagamento. Non è stato addebitato alcun importo.',
    slowDown: "Al momento l'operazione non è possibile. Non è stato addebitato alcun importo. Riprovi tra un minuto.",
    coolDown:
      'Sono stati rifiutati troppi metodi di pagamento. Per la sua sicurezza, questa pagina accetterà il prossimo a ' +
      'partire dal seguente orario: {time}.',
    lastAttempt: 'Con questo link resta un solo tentativo.',
    agree: 'Per continuare è necessario accettare.',
    priceChanged:
      'Mentre questa pagina era aperta, il prezzo è passato da {old} a {new}. Non è stato addebitato alcun importo. ' +
      'Controlli il nuovo prezzo prima di pagare.',
    oldBrowser:
      'Questo browser è troppo vecchio per questa pagina. Apra questo link in una versione aggiornata di Safari, ' +
      'Chrome, Firefox o Edge.',
    needsScript: 'Questa pagina richiede JavaScript. Lo consenta per questo sito e ricarichi la pagina.',
    scriptNotLoaded:
      'Lo script di questa pagina non è stato caricato e la pagina non funziona senza. Controlli la connessione, ' +
      'consenta JavaScript per questo sito e ricarichi la pagina.',
  },
  declines: {
    declined,
    do_not_try_again: declined,
    insufficient_funds:
      'La sua banca ha rifiutato questa carta per fondi insufficienti. Non è stato addebitato alcun importo. Provi ' +
      "con un'altra carta.",
    expired_card: "Questa carta è scaduta. Non è stato addebitato alcun importo. Provi con un'altra carta.",
    incorrect_cvc:
      'Il codice di sicurezza non è corretto. Non è stato addebitato alcun importo. Lo controlli e riprovi.',
    incorrect_number:
      'Il numero della carta non è corretto. Non è stato addebitato alcun importo. Lo controlli e riprovi.',
    incorrect_postal_code:
      'Il codice postale non corrisponde a questa carta. Non è stato addebitato alcun importo. Lo controlli e riprovi.',
    check_card_data:
      'La sua banca non ha accettato i dati di questa carta. Non è stato addebitato alcun importo. Li controlli o ' +
      "usi un'altra carta.",
    card_not_supported:
      'Questa carta non può essere usata per questo pagamento. Non è stato addebitato alcun importo. Provi con ' +
      "un'altra carta.",
    try_again_later:
      'Al momento la sua banca non ha potuto elaborare il pagamento. Non è stato addebitato alcun importo. Riprovi ' +
      "tra qualche istante o usi un'altra carta.",
    authentication_failed:
      'La sua banca non ha potuto verificare la sua identità. Non è stato addebitato alcun importo. Riprovi o usi ' +
      "un'altra carta.",
    authentication_required:
      'La sua banca richiede la sua conferma per questo pagamento. Non è stato addebitato alcun importo. Inserisca ' +
      'qui i dati della carta.',
    paypal_declined:
      'PayPal ha rifiutato il pagamento. Non è stato addebitato alcun importo. Scelga un altro modo di pagare in ' +
      'PayPal o usi un altro metodo di pagamento.',
    paypal_account:
      'Questo conto PayPal non può essere usato qui. Non è stato addebitato alcun importo. Usi un altro metodo di ' +
      'pagamento.',
    paypal_approval_needed:
      'PayPal richiede di nuovo la sua approvazione. Non è stato addebitato alcun importo. Scelga di nuovo PayPal.',
    took_too_long:
      'Non è stato possibile contattare in tempo la sua banca. Non è stato addebitato alcun importo. Inserisca di ' +
      'nuovo i dati della carta.',
    method_not_usable:
      'Questo metodo di pagamento non può essere usato. Non è stato addebitato alcun importo. Ne inserisca un altro.',
    onboarding_ended: 'Questa configurazione è terminata. Non è stato addebitato alcun importo.',
  },
  steps: {
    title: 'Avanzamento',
    paymentMethod: 'Metodo di pagamento',
    payment: 'Pagamento di {price}',
    activation: "Attivazione dell'account",
    enrollment: 'Avvio: {item}',
    enrollmentUnnamed: 'Avvio del servizio',
  },
  stepStates: { waiting: 'in attesa', running: 'in corso', done: 'fatto', skipped: 'non serve', failed: 'senza esito' },
  notices: {
    expired: {
      title: 'Questo link è scaduto',
      text:
        "Non è stato addebitato alcun importo. Può richiedere un nuovo link; verrà avvisata l'azienda che le ha " +
        'inviato questo.',
    },
    replaced: {
      title: "C'è un link più recente",
      text: "Questo link è stato sostituito. Apra il messaggio più recente dell'azienda che lo ha inviato.",
    },
    exhausted: {
      title: 'Questo link non è più utilizzabile',
      text:
        'Con questo link sono stati rifiutati troppi metodi di pagamento. Non è stato addebitato alcun importo. Può ' +
        "richiederne uno nuovo; verrà avvisata l'azienda che le ha inviato questo.",
    },
    unavailable: {
      title: 'Al momento non è possibile mostrare questa pagina',
      text: 'Non è cambiato nulla e il suo link resta valido. Riprovi tra un minuto.',
    },
    canceled: {
      title: 'Questa configurazione è stata annullata',
      text: 'Se aveva già pagato, il rimborso è in corso. Qui non deve fare nulla.',
    },
    failed: {
      title: 'Non è stato possibile completare questa configurazione',
      text: 'Se aveva già pagato, il rimborso è in corso. Qui non deve fare nulla.',
    },
    returned: {
      title: 'Può chiudere questa finestra',
      text:
        'La sua banca ha ricevuto la risposta. La configurazione prosegue da sola; dal link che ha ricevuto può ' +
        "seguirne l'avanzamento.",
    },
    no_token: {
      title: 'Apra di nuovo il suo link',
      text:
        "Questo indirizzo funziona solo nella scheda in cui ha aperto il link. Torni all'email o al messaggio con il " +
        'link e lo apra di nuovo. Nulla è andato perso.',
    },
    not_found: {
      title: 'Questo link non funziona',
      text: "Lo apra di nuovo dall'email o dal messaggio, oppure lo copi per intero.",
    },
  },
  noticesOfReplacement: {
    expired: {
      title: 'Questo link è scaduto',
      text:
        "Il suo metodo di pagamento attuale resta invariato. Può richiedere un nuovo link; verrà avvisata l'azienda " +
        'che le ha inviato questo.',
    },
    exhausted: {
      title: 'Questo link non è più utilizzabile',
      text:
        'Con questo link sono stati rifiutati troppi metodi di pagamento. Il suo metodo di pagamento attuale resta ' +
        "invariato e non è stato addebitato alcun importo. Può richiedere un nuovo link; verrà avvisata l'azienda " +
        'che le ha inviato questo.',
    },
    canceled: {
      title: 'La sostituzione del metodo di pagamento è stata annullata',
      text: keepsMethod,
    },
    failed: {
      title: 'Non è stato possibile sostituire il metodo di pagamento',
      text: keepsMethod,
    },
  },
  end: {
    paid: 'Ha pagato {price} a {brand} in data {date}.',
    returned: "L'importo le viene restituito. A seconda della sua banca, occorrono da 5 a 10 giorni.",
    statement: 'Nel suo estratto conto compare come {statement}.',
    reference: 'Riferimento: {reference}',
    redirect: 'Tra pochi secondi tornerà a {brand}.',
    stay: 'Resta qui',
  },
  ended: {
    returned: 'Il rimborso del suo pagamento è in corso. Qui non deve fare nulla.',
    returnedExpired:
      "Il rimborso del suo pagamento è in corso. Può richiedere un nuovo link; verrà avvisata l'azienda che le ha " +
      'inviato questo.',
    notCharged: 'Non è stato addebitato alcun importo. Qui non deve fare nulla.',
  },
  newLink: {
    ask: 'Richiedi un nuovo link',
    asked: 'Abbiamo avvisato {brand} che le serve un nuovo link.',
    failed: "L'operazione non è riuscita. Riprovi.",
  },
  page: {
    shared: '{brand} le chiede di aggiungere un metodo di pagamento.',
    back: 'Torna a {brand}',
    language: 'Lingua',
    terms: 'Condizioni',
    privacy: 'Informativa sulla privacy',
    testMode: 'Modalità di test: nessun movimento di denaro reale',
    questions: 'Ha domande?',
    notKept:
      'Il suo browser non conserva alcun dato di questa pagina. Non la ricarichi; per tornarci, apra di nuovo il suo ' +
      'link.',
  },
}

/** What the customer agrees to: see `consent-versions.ts` before you change it. */
export const italianConsent: ConsentWords = {
  byButton: 'Continuando, lei accetta quanto segue:',
  byBox: 'Accetto quanto segue:',
  now: '{company} addebita {price} ora.',
  nowReturned: "{company} addebita {price} ora e restituisce l'importo non appena l'account è attivo.",
  nothingNow: 'Ora non viene addebitato nulla.',
  saved:
    'Questo metodo di pagamento viene salvato presso il fornitore di servizi di pagamento per gli addebiti ' +
    'successivi di {company}, finché lei non revoca questo consenso. Contatti {company} per revocarlo.',
  later: {
    agreed: 'Quanto concordato con {company} si applica agli addebiti successivi.',
    each: '{company} addebita {price} per {item} ogni volta che il pagamento è dovuto.',
    gte: '{company} addebita {price} per {item} ogni volta che il valore misurato è pari o superiore a {threshold}.',
    lte: '{company} addebita {price} per {item} ogni volta che il valore misurato è pari o inferiore a {threshold}.',
    eq: '{company} addebita {price} per {item} ogni volta che il valore misurato è esattamente {threshold}.',
  },
  anAmount: "un importo stabilito dall'azienda",
  terms: 'Si applicano le [condizioni].',
  privacy: 'Uso dei dati personali: [informativa sulla privacy].',
}
