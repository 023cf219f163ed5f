import type { ConsentWords, Words } from './words.ts'

const declined = 'Bank odrzucił tę kartę. Nie pobrano żadnych środków. Proszę użyć innej karty.'

const keepsMethod =
  'Obecna metoda płatności pozostaje bez zmian i nie pobrano żadnych środków. Nie trzeba tu nic robić.'

/** The words of the hosted page in Polish. */
export const polish: Words = {
  headlines: {
    setUp: 'Konfiguracja płatności',
    replace: 'Zmiana metody płatności',
    settingUp: 'Trwa konfiguracja płatności',
    replacing: 'Trwa zapisywanie nowej metody płatności',
    confirm: 'Potwierdzenie w banku',
    closing: 'Konfiguracja jest zamykana',
    closingReplacement: 'Proces zmiany metody płatności jest zamykany',
    done: 'Wszystko gotowe',
    active: 'Płatności są skonfigurowane',
    suspended: 'Płatności są wstrzymane',
  },
  status: {
    sendingCard: 'Wysyłanie danych karty do operatora płatności…',
    sending: 'Wysyłanie metody płatności…',
    atGateway: 'Proszę kontynuować w oknie serwisu {gateway}.',
    stillSending: 'Operacja nadal trwa. Płatność nigdy nie zostanie pobrana dwa razy.',
    offline: 'Brak połączenia z internetem. Strona wznowi działanie automatycznie, gdy połączenie wróci.',
    unknown:
      'Połączenie zostało przerwane, dlatego wynik nie jest jeszcze znany. Strona nadal go sprawdza. Płatność nigdy ' +
      'nie zostanie pobrana dwa razy.',
    queued: 'To trwa nieco dłużej niż zwykle. Proszę nie zamykać tej strony.',
    working: 'Płatność jest przetwarzana. Zwykle trwa to kilka sekund. Proszę nie zamykać tej strony.',
    workingFree: 'Metoda płatności jest zapisywana. Żadne środki nie są pobierane. Proszę nie zamykać tej strony.',
    long:
      'To trwa dłużej niż zwykle. Nic nie zostanie utracone, a płatność nigdy nie zostanie pobrana dwa razy. Można ' +
      'zamknąć tę stronę i wrócić do niej, korzystając z tego samego linku.',
    confirm: 'Bank chce potwierdzić Państwa tożsamość. Nie pobrano jeszcze żadnych środków.',
    confirmFree: 'Bank chce potwierdzić Państwa tożsamość. Żadne środki nie są pobierane.',
    confirming: 'Proszę dokonać potwierdzenia na stronie banku.',
    asked:
      'Jeśli odpowiedzieli już Państwo na prośbę banku, strona przejdzie dalej automatycznie. W przeciwnym razie ' +
      'proszę otworzyć przesłany link.',
    watching: 'Aby podać metodę płatności, proszę otworzyć przesłany link.',
    closing: 'Jeśli płatność została dokonana, zostanie zrealizowana albo Państwu zwrócona.',
    closingFree:
      'Jeśli zmiana nie została zakończona na czas, nadal obowiązuje obecna metoda płatności. Żadne środki nie są ' +
      'pobierane.',
    done: 'Metoda płatności została zapisana, a konto jest aktywne. Można zamknąć tę stronę.',
    doneFree: 'Nowa metoda płatności została zapisana. Można zamknąć tę stronę.',
    active: 'Płatności dla firmy {brand} są aktywne. Nie trzeba tu nic robić.',
    suspended: 'Firma {brand} wstrzymała płatności dla tego konta. W razie pytań proszę się z nią skontaktować.',
  },
  summary: {
    add: 'Proszę dodać metodę płatności.',
    addFor: 'Proszę dodać metodę płatności dla pozycji „{item}”.',
    replace: 'Proszę dodać inną metodę płatności. Zastąpi ona obecną.',
    today: 'Dzisiaj',
    once: 'Jednorazowo, w celu sprawdzenia metody płatności.',
    kept: 'Firma {company} zatrzymuje tę kwotę.',
    returned: 'Kwota zostanie zwrócona, gdy tylko konto będzie aktywne.',
    free: 'Teraz nie zostaną pobrane żadne środki.',
    later: 'Później',
    stop: 'Rezygnacja z późniejszych płatności',
    stopAsk: 'Proszę skontaktować się z firmą {company}',
    noCard: 'Numer karty nigdy nie trafia do firmy {brand}.',
  },
  form: {
    paymentMethod: 'Metoda płatności',
    card: 'Karta',
    orCard: 'Lub kartą',
    loadingCard: 'Wczytywanie formularza karty…',
    pay: 'Zapłać {price} i zakończ',
    save: 'Zapisz metodę płatności',
    continueAt: 'Przejdź do serwisu {gateway}',
    paying: 'Trwa płatność {price}…',
    saving: 'Zapisywanie metody płatności…',
    retry: 'Wczytaj ponownie',
    confirm: 'Potwierdź w banku',
    anotherCard: 'Użyj innej karty',
    anotherMethod: 'Wybierz inną metodę płatności',
    nothingOffered:
      'Firma {brand} nie może teraz przyjąć metody płatności, ponieważ operator płatności nie akceptuje jej konta. ' +
      'Firma została o tym powiadomiona. Nie pobrano żadnych środków. Proszę wrócić później, korzystając z tego ' +
      'samego linku.',
  },
  alerts: {
    cardNotLoaded:
      'Nie udało się wczytać formularza karty, który udostępnia operator płatności. Proszę sprawdzić połączenie z ' +
      'internetem.',
    cardSlow: 'Wczytywanie formularza karty, który udostępnia operator płatności, trwa dość długo.',
    gatewayNotLoaded:
      'Serwis {gateway} nie został wczytany. Proszę sprawdzić połączenie z internetem lub wybrać inną metodę ' +
      'płatności.',
    gatewayNotEligible:
      'Serwis {gateway} nie jest dostępny dla tej płatności. Proszę wybrać inną metodę płatności lub skontaktować ' +
      'się z nadawcą tego linku.',
    gatewayNotApproved: 'Nie udzielono zgody w serwisie {gateway}. Nie pobrano żadnych środków.',
    checkInput: 'Proszę sprawdzić wprowadzone dane.',
    refused: 'Nie udało się przesłać tej metody płatności. Nie pobrano żadnych środków.',
    slowDown: 'W tej chwili nie jest to możliwe. Nie pobrano żadnych środków. Proszę spróbować ponownie za minutę.',
    coolDown:
      'Odrzucono zbyt wiele metod płatności. Dla Państwa bezpieczeństwa kolejną będzie można podać na tej stronie ' +
      'od {time}.',
    lastAttempt: 'Dla tego linku pozostała jedna próba.',
    agree: 'Aby kontynuować, proszę wyrazić zgodę.',
    priceChanged:
      'Gdy ta strona była otwarta, cena zmieniła się z {old} na {new}. Nie pobrano żadnych środków. Przed zapłatą ' +
      'proszę sprawdzić nową cenę.',
    oldBrowser:
      'Ta przeglądarka jest zbyt stara dla tej strony. Proszę otworzyć link w aktualnej wersji przeglądarki Safari, ' +
      'Chrome, Firefox lub Edge.',
    needsScript:
      'Ta strona wymaga JavaScriptu. Proszę zezwolić na jego działanie w tej witrynie i wczytać stronę ponownie.',
    scriptNotLoaded:
      'Skrypt tej strony nie został wczytany, a bez niego strona nie działa. Proszę sprawdzić połączenie z ' +
      'internetem, zezwolić na JavaScript w tej witrynie i wczytać stronę ponownie.',
  },
  declines: {
    declined,
    do_not_try_again: declined,
    insufficient_funds:
      'Bank odrzucił tę kartę z powodu niewystarczających środków. Żadna kwota nie została pobrana. Proszę użyć ' +
      'innej karty.',
    expired_card: 'Ta karta straciła ważność. Nie pobrano żadnych środków. Proszę użyć innej karty.',
    incorrect_cvc:
      'Kod zabezpieczający jest nieprawidłowy. Nie pobrano żadnych środków. Proszę sprawdzić kod i spróbować ponownie.',
    incorrect_number:
      'Numer karty jest nieprawidłowy. Nie pobrano żadnych środków. Proszę sprawdzić numer i spróbować ponownie.',
    incorrect_postal_code:
      'Kod pocztowy nie zgadza się z danymi tej karty. Nie pobrano żadnych środków. Proszę sprawdzić kod i spróbować ' +
      'ponownie.',
    check_card_data:
      'Bank nie przyjął danych tej karty. Nie pobrano żadnych środków. Proszę sprawdzić dane lub użyć innej karty.',
    card_not_supported:
      'Tej karty nie można użyć do tej płatności. Nie pobrano żadnych środków. Proszę użyć innej karty.',
    try_again_later:
      'Bank nie mógł teraz przetworzyć płatności. Nie pobrano żadnych środków. Proszę spróbować ponownie za chwilę ' +
      'lub użyć innej karty.',
    authentication_failed:
      'Bank nie mógł potwierdzić Państwa tożsamości. Nie pobrano żadnych środków. Proszę spróbować ponownie lub użyć ' +
      'innej karty.',
    authentication_required:
      'Bank wymaga potwierdzenia tej płatności. Nie pobrano żadnych środków. Proszę podać dane karty tutaj.',
    paypal_declined:
      'Serwis PayPal odrzucił płatność. Nie pobrano żadnych środków. Proszę wybrać inny sposób płatności w serwisie ' +
      'PayPal lub użyć innej metody płatności.',
    paypal_account:
      'Tego konta PayPal nie można tu użyć. Nie pobrano żadnych środków. Proszę użyć innej metody płatności.',
    paypal_approval_needed:
      'Serwis PayPal wymaga ponownej zgody. Nie pobrano żadnych środków. Proszę jeszcze raz wybrać PayPal.',
    took_too_long:
      'Nie udało się na czas połączyć z bankiem. Nie pobrano żadnych środków. Proszę ponownie podać dane karty.',
    method_not_usable: 'Nie można użyć tej metody płatności. Nie pobrano żadnych środków. Proszę podać inną.',
    onboarding_ended: 'Ta konfiguracja została zakończona. Nie pobrano żadnych środków.',
  },
  steps: {
    title: 'Postęp',
    paymentMethod: 'Metoda płatności',
    payment: 'Płatność {price}',
    activation: 'Aktywacja konta',
    enrollment: 'Rozpoczęcie: {item}',
    enrollmentUnnamed: 'Rozpoczęcie',
  },
  stepStates: {
    waiting: 'oczekuje',
    running: 'w toku',
    done: 'gotowe',
    skipped: 'niewymagane',
    failed: 'przerwane',
  },
  notices: {
    expired: {
      title: 'Ten link wygasł',
      text:
        'Nie pobrano żadnych środków. Można poprosić o nowy link; firma, która wysłała ten link, zostanie o tym ' +
        'powiadomiona.',
    },
    replaced: {
      title: 'Istnieje nowszy link',
      text: 'Ten link został zastąpiony. Proszę otworzyć najnowszą wiadomość od firmy, która go wysłała.',
    },
    exhausted: {
      title: 'Z tego linku nie można już skorzystać',
      text:
        'Odrzucono zbyt wiele metod płatności podanych przy jego użyciu. Nie pobrano żadnych środków. Można poprosić ' +
        'o nowy link; firma, która wysłała ten link, zostanie o tym powiadomiona.',
    },
    unavailable: {
      title: 'Nie można teraz wyświetlić tej strony',
      text: 'Nic się nie zmieniło, a link zachowuje ważność. Proszę spróbować ponownie za minutę.',
    },
    canceled: {
      title: 'Ta konfiguracja została anulowana',
      text: 'Jeśli płatność została już dokonana, trwa jej zwrot. Nie trzeba tu nic robić.',
    },
    failed: {
      title: 'Nie udało się dokończyć konfiguracji',
      text: 'Jeśli płatność została już dokonana, trwa jej zwrot. Nie trzeba tu nic robić.',
    },
    returned: {
      title: 'Można zamknąć to okno',
      text:
        'Odpowiedź dotarła do banku. Konfiguracja przebiega dalej automatycznie; jej postęp można śledzić, ' +
        'otwierając link do konfiguracji.',
    },
    no_token: {
      title: 'Proszę ponownie otworzyć link',
      text:
        'Ten adres działa tylko w tej karcie przeglądarki, w której otwarto link. Proszę wrócić do e-maila lub ' +
        'wiadomości z linkiem i otworzyć go ponownie. Nic nie zostało utracone.',
    },
    not_found: {
      title: 'Ten link nie działa',
      text: 'Proszę otworzyć go ponownie z e-maila lub wiadomości albo skopiować go w całości.',
    },
  },
  noticesOfReplacement: {
    expired: {
      title: 'Ten link wygasł',
      text:
        'Obecna metoda płatności pozostaje bez zmian. Można poprosić o nowy link; firma, która wysłała ten link, ' +
        'zostanie o tym powiadomiona.',
    },
    exhausted: {
      title: 'Z tego linku nie można już skorzystać',
      text:
        'Odrzucono zbyt wiele metod płatności podanych przy jego użyciu. Obecna metoda płatności pozostaje bez zmian ' +
        'i nie pobrano żadnych środków. Można poprosić o nowy link; firma, która wysłała ten link, zostanie o tym ' +
        'powiadomiona.',
    },
    canceled: {
      title: 'Zmiana metody płatności została anulowana',
      text: keepsMethod,
    },
    failed: {
      title: 'Nie udało się zmienić metody płatności',
      text: keepsMethod,
    },
  },
  end: {
    paid: 'W dniu {date} zapłacono {price} na rzecz firmy {brand}.',
    returned: 'Kwota zostanie Państwu zwrócona. W zależności od banku trwa to od 5 do 10 dni.',
    statement: 'Na wyciągu płatność widnieje jako {statement}.',
    reference: 'Numer referencyjny: {reference}',
    redirect: 'Za kilka sekund nastąpi powrót na stronę firmy {brand}.',
    stay: 'Zostań tutaj',
  },
  ended: {
    returned: 'Trwa zwrot Państwa płatności. Nie trzeba tu nic robić.',
    returnedExpired:
      'Trwa zwrot Państwa płatności. Można poprosić o nowy link; firma, która wysłała ten link, zostanie o tym ' +
      'powiadomiona.',
    notCharged: 'Nie pobrano żadnych środków. Nie trzeba tu nic robić.',
  },
  newLink: {
    ask: 'Poproś o nowy link',
    asked: 'Firma {brand} została powiadomiona, że potrzebują Państwo nowego linku.',
    failed: 'Nie udało się. Proszę spróbować ponownie.',
  },
  page: {
    shared: 'Firma {brand} prosi o dodanie metody płatności.',
    back: 'Wróć na stronę firmy {brand}',
    language: 'Język',
    terms: 'Regulamin',
    privacy: 'Polityka prywatności',
    testMode: 'Tryb testowy: bez prawdziwych pieniędzy',
    questions: 'Mają Państwo pytania?',
    notKept:
      'Przeglądarka nie zapisuje żadnych danych tej strony. Proszę jej nie odświeżać; aby do niej wrócić, należy ' +
      'ponownie otworzyć link.',
  },
}

/** What the customer agrees to: see `consent-versions.ts` before you change it. */
export const polishConsent: ConsentWords = {
  byButton: 'Kontynuując, wyrażają Państwo zgodę na następujące warunki:',
  byBox: 'Wyrażam zgodę na następujące warunki:',
  now: 'Firma {company} pobiera teraz {price}.',
  nowReturned: 'Firma {company} pobiera teraz {price} i zwróci tę kwotę, gdy tylko konto będzie aktywne.',
  nothingNow: 'Teraz nie zostaną pobrane żadne środki.',
  saved:
    'Ta metoda płatności zostaje zapisana u operatora płatności, aby firma {company} mogła pobierać późniejsze ' +
    'płatności, do czasu wycofania przez Państwa tej zgody. Proszę skontaktować się z firmą {company}, aby ją ' +
    'wycofać.',
  later: {
    agreed: 'Ustalenia z firmą {company} mają zastosowanie do późniejszych płatności.',
    each: 'Firma {company} pobiera {price} za „{item}” za każdym razem, gdy płatność staje się należna.',
    gte:
      'Firma {company} pobiera {price} za „{item}” za każdym razem, gdy zmierzona wartość wynosi co najmniej ' +
      '{threshold}.',
    lte:
      'Firma {company} pobiera {price} za „{item}” za każdym razem, gdy zmierzona wartość wynosi co najwyżej ' +
      '{threshold}.',
    eq:
      'Firma {company} pobiera {price} za „{item}” za każdym razem, gdy zmierzona wartość wynosi dokładnie ' +
      '{threshold}.',
  },
  anAmount: 'ustaloną przez siebie kwotę',
  terms: 'Obowiązuje [regulamin].',
  privacy: 'Wykorzystanie danych osobowych: [polityka prywatności].',
}
