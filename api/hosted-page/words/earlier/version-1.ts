import type { PageLocale } from '../../../../domain/hosted-page.ts'
import type { ConsentWords } from '../words.ts'

/** The sentences of version 1, in all languages. They never change: customers agreed to them. */
export const version1: Record<PageLocale, ConsentWords> = {
  en: {
    byButton: 'By continuing, you agree to the following:',
    byBox: 'I agree to the following:',
    now: '{company} charges {price} now.',
    nowReturned: '{company} charges {price} now and returns it as soon as the account is active.',
    nothingNow: 'Nothing is charged now.',
    saved:
      'This payment method is saved with the payment provider for later charges by {company}, until this consent is ' +
      'withdrawn.',
    later: {
      agreed: 'What was agreed with {company} applies to later charges.',
      each: '{company} charges {price} for {item} each time it is due.',
      gte: '{company} charges {price} for {item} each time the measured value is {threshold} or more.',
      lte: '{company} charges {price} for {item} each time the measured value is {threshold} or less.',
      eq: '{company} charges {price} for {item} each time the measured value is exactly {threshold}.',
    },
    anAmount: 'an amount that it determines',
    terms: 'The [terms] apply.',
    privacy: 'How personal data is used: [privacy policy].',
  },
  de: {
    byButton: 'Indem Sie fortfahren, stimmen Sie Folgendem zu:',
    byBox: 'Ich stimme Folgendem zu:',
    now: '{company} bucht jetzt {price} ab.',
    nowReturned: '{company} bucht jetzt {price} ab und erstattet den Betrag, sobald das Kundenkonto aktiv ist.',
    nothingNow: 'Jetzt wird nichts abgebucht.',
    saved:
      'Diese Zahlungsmethode wird beim Zahlungsdienstleister für spätere Abbuchungen durch {company} gespeichert, ' +
      'bis diese Einwilligung widerrufen wird.',
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
  },
  fr: {
    byButton: 'En continuant, vous acceptez ce qui suit\u00a0:',
    byBox: 'J’accepte ce qui suit\u00a0:',
    now: '{company} débite {price} maintenant.',
    nowReturned: '{company} débite {price} maintenant et rembourse ce montant dès que le compte est actif.',
    nothingNow: 'Aucun montant n’est débité maintenant.',
    saved:
      'Ce moyen de paiement est enregistré auprès du prestataire de paiement pour les débits ultérieurs de ' +
      '{company}, jusqu’au retrait de ce consentement.',
    later: {
      agreed: 'Ce qui est convenu avec {company} s’applique aux débits ultérieurs.',
      each: '{company} débite {price} pour «\u00a0{item}\u00a0» à chaque échéance.',
      gte:
        '{company} débite {price} pour «\u00a0{item}\u00a0» chaque fois que la valeur mesurée est d’au moins ' +
        '{threshold}.',
      lte:
        '{company} débite {price} pour «\u00a0{item}\u00a0» chaque fois que la valeur mesurée est d’au plus ' +
        '{threshold}.',
      eq:
        '{company} débite {price} pour «\u00a0{item}\u00a0» chaque fois que la valeur mesurée est exactement de ' +
        '{threshold}.',
    },
    anAmount: 'un montant fixé par l’entreprise',
    terms: 'Les [conditions générales] s’appliquent.',
    privacy: 'Utilisation des données personnelles\u00a0: [politique de confidentialité].',
  },
  es: {
    byButton: 'Al continuar, usted acepta lo siguiente:',
    byBox: 'Acepto lo siguiente:',
    now: '{company} cobra {price} ahora.',
    nowReturned: '{company} cobra {price} ahora y devuelve ese importe en cuanto la cuenta esté activa.',
    nothingNow: 'Ahora no se le cobra nada.',
    saved:
      'El proveedor de pagos guarda este método de pago para cobros posteriores de {company}, hasta que se retire ' +
      'este consentimiento.',
    later: {
      agreed: 'Lo acordado con {company} se aplica a los cobros posteriores.',
      each: '{company} cobra {price} por {item} cada vez que corresponda.',
      gte: '{company} cobra {price} por {item} cada vez que el valor medido sea de {threshold} o más.',
      lte: '{company} cobra {price} por {item} cada vez que el valor medido sea de {threshold} o menos.',
      eq: '{company} cobra {price} por {item} cada vez que el valor medido sea exactamente de {threshold}.',
    },
    anAmount: 'un importe que determina la empresa',
    terms: 'Se aplican las [condiciones].',
    privacy: 'Uso de los datos personales: [política de privacidad].',
  },
  it: {
    byButton: 'Continuando, lei accetta quanto segue:',
    byBox: 'Accetto quanto segue:',
    now: '{company} addebita {price} ora.',
    nowReturned: "{company} addebita {price} ora e restituisce l'importo non appena l'account è attivo.",
    nothingNow: 'Ora non viene addebitato nulla.',
    saved:
      'Questo metodo di pagamento viene salvato presso il fornitore di servizi di pagamento per gli addebiti ' +
      'successivi di {company}, fino alla revoca di questo consenso.',
    later: {
      agreed: 'Quanto concordato con {company} si applica agli addebiti successivi.',
      each: '{company} addebita {price} per {item} a ogni scadenza.',
      gte: '{company} addebita {price} per {item} ogni volta che il valore misurato è pari o superiore a {threshold}.',
      lte: '{company} addebita {price} per {item} ogni volta che il valore misurato è pari o inferiore a {threshold}.',
      eq: '{company} addebita {price} per {item} ogni volta che il valore misurato è esattamente {threshold}.',
    },
    anAmount: "un importo stabilito dall'azienda",
    terms: 'Si applicano le [condizioni].',
    privacy: 'Uso dei dati personali: [informativa sulla privacy].',
  },
  nl: {
    byButton: 'Door verder te gaan, gaat u akkoord met het volgende:',
    byBox: 'Ik ga akkoord met het volgende:',
    now: '{company} schrijft nu {price} af.',
    nowReturned: '{company} schrijft nu {price} af en betaalt dit bedrag terug zodra het account actief is.',
    nothingNow: 'Er wordt nu niets afgeschreven.',
    saved:
      'Deze betaalmethode wordt bij de betaalprovider opgeslagen voor latere afschrijvingen door {company}, totdat ' +
      'deze toestemming wordt ingetrokken.',
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
  },
  'pt-BR': {
    byButton: 'Ao continuar, você concorda com o seguinte:',
    byBox: 'Concordo com o seguinte:',
    now: '{company} cobra {price} agora.',
    nowReturned: '{company} cobra {price} agora e devolve o valor assim que a conta estiver ativa.',
    nothingNow: 'Nada é cobrado agora.',
    saved:
      'Esta forma de pagamento fica salva no provedor de pagamentos para cobranças posteriores de {company}, até que ' +
      'este consentimento seja retirado.',
    later: {
      agreed: 'O que foi combinado com {company} vale para as cobranças posteriores.',
      each: '{company} cobra {price} por {item} sempre que for devido.',
      gte: '{company} cobra {price} por {item} sempre que o valor medido for {threshold} ou mais.',
      lte: '{company} cobra {price} por {item} sempre que o valor medido for {threshold} ou menos.',
      eq: '{company} cobra {price} por {item} sempre que o valor medido for exatamente {threshold}.',
    },
    anAmount: 'um valor definido pela empresa',
    terms: 'Aplicam-se os [termos].',
    privacy: 'Uso de dados pessoais: [política de privacidade].',
  },
  pl: {
    byButton: 'Kontynuując, wyrażają Państwo zgodę na następujące warunki:',
    byBox: 'Wyrażam zgodę na następujące warunki:',
    now: 'Firma {company} pobiera teraz {price}.',
    nowReturned: 'Firma {company} pobiera teraz {price} i zwraca tę kwotę, gdy tylko konto będzie aktywne.',
    nothingNow: 'Teraz nie zostaną pobrane żadne środki.',
    saved:
      'Ta metoda płatności zostaje zapisana u operatora płatności na potrzeby późniejszych płatności na rzecz firmy ' +
      '{company}, do czasu wycofania tej zgody.',
    later: {
      agreed: 'Zgodnie z ustaleniami z firmą {company} pobierane są późniejsze płatności.',
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
  },
  ja: {
    byButton: 'お手続きを続けることで、次の内容に同意したことになります。',
    byBox: '次の内容に同意します。',
    now: '今回、{company}が{price}を請求します。',
    nowReturned: '今回、{company}が{price}を請求し、アカウントが有効になり次第、返金します。',
    nothingNow: '今回、料金は請求されません。',
    saved: 'このお支払い方法は、{company}からの今後の請求のため、この同意が撤回されるまで決済代行会社に保存されます。',
    later: {
      agreed: '今後の請求は、{company}との取り決めに基づいて行われます。',
      each: '「{item}」の料金が発生するたびに、{company}が{price}を請求します。',
      gte: '「{item}」について、測定値が{threshold}以上になるたびに、{company}が{price}を請求します。',
      lte: '「{item}」について、測定値が{threshold}以下になるたびに、{company}が{price}を請求します。',
      eq: '「{item}」について、測定値がちょうど{threshold}になるたびに、{company}が{price}を請求します。',
    },
    anAmount: '同社が定める金額',
    terms: '[利用規約]が適用されます。',
    privacy: '個人情報の取り扱い：[プライバシーポリシー]。',
  },
  ar: {
    byButton: 'بالمتابعة، فإنك توافق على ما يلي:',
    byBox: 'أوافق على ما يلي:',
    now: 'تخصم شركة {company} الآن مبلغ {price}.',
    nowReturned: 'تخصم شركة {company} الآن مبلغ {price} وتعيده فور تفعيل الحساب.',
    nothingNow: 'لن يُخصم أي مبلغ الآن.',
    saved:
      'تُحفظ طريقة الدفع هذه لدى مزوّد خدمة الدفع لعمليات الخصم اللاحقة من قِبل شركة {company}، إلى حين سحب هذه ' +
      'الموافقة.',
    later: {
      agreed: 'وفق الاتفاق مع شركة {company} تجري عمليات الخصم اللاحقة.',
      each: 'تخصم شركة {company} {price} مقابل «{item}» في كل مرة يُستحق فيها الدفع.',
      gte: 'تخصم شركة {company} {price} مقابل «{item}» في كل مرة تكون فيها القيمة المقيسة {threshold} أو أكثر.',
      lte: 'تخصم شركة {company} {price} مقابل «{item}» في كل مرة تكون فيها القيمة المقيسة {threshold} أو أقل.',
      eq: 'تخصم شركة {company} {price} مقابل «{item}» في كل مرة تكون فيها القيمة المقيسة مساوية تمامًا لـ {threshold}.',
    },
    anAmount: 'مبلغًا تحدده الشركة',
    terms: 'تسري [الشروط والأحكام].',
    privacy: 'استخدام البيانات الشخصية: [سياسة الخصوصية].',
  },
}
