import type { ConsentWords, Words } from './words.ts'

const declined = 'Votre banque a refusé cette carte. Aucun montant n’a été débité. Veuillez essayer une autre carte.'

const keepsMethod =
  'Votre moyen de paiement actuel reste inchangé et aucun montant n’a été débité. Vous n’avez rien à faire ici.'

const paymentReturned =
  'Si vous aviez déjà payé, le montant est en cours de remboursement. Vous n’avez rien à faire ici.'

/** The words of the hosted page in French. */
export const french: Words = {
  headlines: {
    setUp: 'Configurer vos paiements',
    replace: 'Remplacer votre moyen de paiement',
    settingUp: 'Configuration de vos paiements',
    replacing: 'Enregistrement de votre nouveau moyen de paiement',
    confirm: 'Confirmer auprès de votre banque',
    closing: 'La configuration de vos paiements prend fin',
    closingReplacement: 'Le remplacement de votre moyen de paiement prend fin',
    done: 'Tout est prêt',
    active: 'Vos paiements sont configurés',
    suspended: 'Vos paiements sont suspendus',
  },
  status: {
    sendingCard: 'Envoi des informations de votre carte au prestataire de paiement…',
    sending: 'Envoi de votre moyen de paiement…',
    atGateway: 'Veuillez continuer dans la fenêtre {gateway}.',
    stillSending: 'L’envoi est toujours en cours. Aucun double débit n’est possible.',
    offline: 'Vous êtes hors ligne. Cette page reprendra automatiquement dès que vous serez de nouveau en ligne.',
    unknown:
      'La connexion a été interrompue et le résultat n’est pas encore connu. Cette page continue de vérifier. Aucun ' +
      'double débit n’est possible.',
    queued: 'L’opération prend un peu plus de temps que d’habitude. Veuillez garder cette page ouverte.',
    working:
      'Votre paiement est en cours de traitement. Cela ne prend généralement que quelques secondes. Veuillez garder ' +
      'cette page ouverte.',
    workingFree:
      'Votre moyen de paiement est en cours d’enregistrement. Aucun montant n’est débité. Veuillez garder cette page ' +
      'ouverte.',
    long:
      'L’opération prend plus de temps que d’habitude. Rien n’est perdu et aucun double débit n’est possible. Vous ' +
      'pouvez fermer cette page et y revenir avec le même lien.',
    confirm: 'Votre banque souhaite s’assurer qu’il s’agit bien de vous. Aucun montant n’a encore été débité.',
    confirmFree: 'Votre banque souhaite s’assurer qu’il s’agit bien de vous. Aucun montant n’est débité.',
    confirming: 'Veuillez confirmer sur la page de votre banque.',
    asked:
      'Si vous avez répondu à votre banque, cette page se mettra à jour automatiquement. Sinon, veuillez ouvrir le ' +
      'lien qui vous a été envoyé.',
    watching: 'Pour ajouter un moyen de paiement, veuillez ouvrir le lien qui vous a été envoyé.',
    closing: 'Si vous avez payé, votre paiement sera finalisé ou le montant vous sera remboursé.',
    closingFree:
      'Si le remplacement n’a pas été effectué à temps, vous conservez votre moyen de paiement actuel. Aucun montant ' +
      'n’est débité.',
    done: 'Votre moyen de paiement est enregistré et votre compte est actif. Vous pouvez fermer cette page.',
    doneFree: 'Votre nouveau moyen de paiement est enregistré. Vous pouvez fermer cette page.',
    active: 'Vos paiements à {brand} sont configurés. Vous n’avez rien à faire ici.',
    suspended:
      '{brand} a suspendu les paiements pour ce compte. Pour toute question, veuillez contacter directement ' +
      'l’entreprise.',
  },
  summary: {
    add: 'Ajoutez un moyen de paiement.',
    addFor: 'Ajoutez un moyen de paiement pour «\u00a0{item}\u00a0».',
    replace: 'Ajoutez un autre moyen de paiement. Il remplacera l’actuel.',
    today: 'Aujourd’hui',
    once: 'Une seule fois, pour vérifier le moyen de paiement.',
    kept: '{company} conserve ce montant.',
    returned: 'Ce montant vous sera remboursé dès que votre compte sera actif.',
    free: 'Aucun montant n’est débité maintenant.',
    later: 'Plus tard',
    stop: 'Pour arrêter les débits ultérieurs',
    stopAsk: 'Veuillez contacter {company}',
    noCard: 'Votre numéro de carte n’est jamais transmis à {brand}.',
  },
  form: {
    paymentMethod: 'Moyen de paiement',
    card: 'Carte',
    orCard: 'Ou par carte',
    loadingCard: 'Chargement du formulaire de carte…',
    pay: 'Payer {price} et terminer',
    save: 'Enregistrer le moyen de paiement',
    continueAt: 'Continuer avec {gateway}',
    paying: 'Paiement de {price} en cours…',
    saving: 'Enregistrement du moyen de paiement…',
    retry: 'Recharger',
    confirm: 'Confirmer auprès de votre banque',
    anotherCard: 'Utiliser une autre carte',
    anotherMethod: 'Choisir un autre moyen de paiement',
    nothingOffered:
      '{brand} ne peut accepter aucun moyen de paiement pour le moment\u00a0: le prestataire de paiement n’accepte ' +
      'pas le compte de l’entreprise. Celle-ci en a été informée. Aucun montant n’a été débité. Veuillez revenir ' +
      'plus tard avec le même lien.',
  },
  alerts: {
    cardNotLoaded:
      'Le formulaire de carte du prestataire de paiement n’a pas pu être chargé. Veuillez vérifier votre connexion.',
    cardSlow: 'Le formulaire de carte du prestataire de paiement met du temps à se charger.',
    gatewayNotLoaded:
      '{gateway} ne s’est pas chargé. Veuillez vérifier votre connexion ou choisir un autre moyen de paiement.',
    gatewayNotEligible:
      '{gateway} n’est pas disponible pour ce paiement. Veuillez choisir un autre moyen de paiement ou vous adresser ' +
      'à l’expéditeur de ce lien.',
    gatewayNotApproved: 'Vous n’avez pas validé l’opération sur {gateway}. Aucun montant n’a été débité.',
    checkInput: 'Veuillez vérifier les informations saisies.',
    refused: 'Ce moyen de paiement n’a pas pu être envoyé. Aucun montant n’a été débité.',
    slowDown: 'Ce n’est pas possible pour le moment. Aucun montant n’a été débité. Veuillez réessayer dans une minute.',
    coolDown:
      'Trop de moyens de paiement ont été refusés. Pour vous protéger, cette page n’en accepte plus pour ' +
      'l’instant. Prochaine tentative possible\u00a0: {time}.',
    lastAttempt: 'Il vous reste une tentative avec ce lien.',
    agree: 'Veuillez donner votre accord avant de continuer.',
    priceChanged:
      'Le montant est passé de {old} à {new} pendant que cette page était ouverte. Aucun montant n’a été débité. ' +
      'Veuillez vérifier le nouveau montant avant de payer.',
    oldBrowser:
      'Ce navigateur est trop ancien pour cette page. Ouvrez ce lien dans une version récente de Safari, Chrome, ' +
      'Firefox ou Edge.',
    needsScript: 'Cette page nécessite JavaScript. Veuillez l’autoriser pour ce site et recharger la page.',
    scriptNotLoaded:
      'Le script de cette page n’a pas été chargé et la page ne fonctionne pas sans lui. Veuillez vérifier votre ' +
      'connexion, autoriser JavaScript pour ce site et recharger la page.',
  },
  declines: {
    declined,
    do_not_try_again: declined,
    insufficient_funds:
      'Votre banque a refusé cette carte pour provision insuffisante. Aucun montant n’a été débité. Veuillez essayer ' +
      'une autre carte.',
    expired_card: 'Cette carte a expiré. Aucun montant n’a été débité. Veuillez essayer une autre carte.',
    incorrect_cvc:
      'Le code de sécurité est incorrect. Aucun montant n’a été débité. Veuillez le vérifier et réessayer.',
    incorrect_number:
      'Le numéro de carte est incorrect. Aucun montant n’a été débité. Veuillez le vérifier et réessayer.',
    incorrect_postal_code:
      'Le code postal ne correspond pas à cette carte. Aucun montant n’a été débité. Veuillez le vérifier et ' +
      'réessayer.',
    check_card_data:
      'Votre banque n’a pas accepté les informations de cette carte. Aucun montant n’a été débité. Veuillez les ' +
      'vérifier ou utiliser une autre carte.',
    card_not_supported:
      'Cette carte ne peut pas être utilisée pour ce paiement. Aucun montant n’a été débité. Veuillez essayer une ' +
      'autre carte.',
    try_again_later:
      'Votre banque n’a pas pu traiter le paiement pour le moment. Aucun montant n’a été débité. Veuillez réessayer ' +
      'dans un instant ou utiliser une autre carte.',
    authentication_failed:
      'Votre banque n’a pas pu vérifier votre identité. Aucun montant n’a été débité. Veuillez réessayer ou utiliser ' +
      'une autre carte.',
    authentication_required:
      'Votre banque vous demande de confirmer ce paiement. Aucun montant n’a été débité. Veuillez saisir les ' +
      'informations de votre carte ici.',
    paypal_declined:
      'PayPal a refusé le paiement. Aucun montant n’a été débité. Veuillez choisir un autre mode de paiement dans ' +
      'PayPal ou utiliser un autre moyen de paiement.',
    paypal_account:
      'Ce compte PayPal ne peut pas être utilisé ici. Aucun montant n’a été débité. Veuillez utiliser un autre moyen ' +
      'de paiement.',
    paypal_approval_needed:
      'PayPal a de nouveau besoin de votre accord. Aucun montant n’a été débité. Veuillez choisir PayPal à nouveau.',
    took_too_long:
      'Votre banque n’a pas pu être jointe à temps. Aucun montant n’a été débité. Veuillez saisir à nouveau les ' +
      'informations de votre carte.',
    method_not_usable:
      'Ce moyen de paiement ne peut pas être utilisé. Aucun montant n’a été débité. Veuillez en indiquer un autre.',
    onboarding_ended: 'La configuration de vos paiements a pris fin. Aucun montant n’a été débité.',
  },
  steps: {
    title: 'Progression',
    paymentMethod: 'Moyen de paiement',
    payment: 'Paiement de {price}',
    activation: 'Activation du compte',
    enrollment: 'Démarrage\u00a0: {item}',
    enrollmentUnnamed: 'Démarrage',
  },
  // They agree with no noun, so they fit steps of either gender.
  stepStates: {
    waiting: 'à venir',
    running: 'en cours',
    done: 'c’est fait',
    skipped: 'pas nécessaire',
    failed: 'sans suite',
  },
  notices: {
    expired: {
      title: 'Ce lien a expiré',
      text:
        'Aucun montant n’a été débité. Vous pouvez demander un nouveau lien\u00a0; l’entreprise qui vous a envoyé ' +
        'ce lien en sera informée.',
    },
    replaced: {
      title: 'Il existe un lien plus récent',
      text: 'Ce lien a été remplacé. Veuillez ouvrir le dernier message de l’entreprise qui vous l’a envoyé.',
    },
    exhausted: {
      title: 'Ce lien ne peut plus être utilisé',
      text:
        'Trop de moyens de paiement ont été refusés avec ce lien. Aucun montant n’a été débité. Vous pouvez demander ' +
        'un nouveau lien\u00a0; l’entreprise qui vous a envoyé ce lien en sera informée.',
    },
    unavailable: {
      title: 'Cette page ne peut pas être affichée pour le moment',
      text: 'Rien n’a été modifié et votre lien reste valable. Veuillez réessayer dans une minute.',
    },
    canceled: {
      title: 'La configuration de vos paiements a été annulée',
      text: paymentReturned,
    },
    failed: {
      title: 'La configuration de vos paiements n’a pas pu être terminée',
      text: paymentReturned,
    },
    returned: {
      title: 'Vous pouvez fermer cette fenêtre',
      text:
        'Votre réponse est parvenue à votre banque. La configuration se poursuit automatiquement\u00a0; votre lien ' +
        'en affiche la progression.',
    },
    no_token: {
      title: 'Veuillez ouvrir à nouveau votre lien',
      text:
        'Cette adresse ne fonctionne que dans l’onglet où vous avez ouvert votre lien. Retournez à l’e-mail ou au ' +
        'message contenant le lien et ouvrez-le à nouveau. Rien n’est perdu.',
    },
    not_found: {
      title: 'Ce lien ne fonctionne pas',
      text: 'Veuillez l’ouvrir à nouveau depuis l’e-mail ou le message, ou le copier en entier.',
    },
  },
  noticesOfReplacement: {
    expired: {
      title: 'Ce lien a expiré',
      text:
        'Votre moyen de paiement actuel reste inchangé. Vous pouvez demander un nouveau lien\u00a0; l’entreprise qui ' +
        'vous a envoyé ce lien en sera informée.',
    },
    exhausted: {
      title: 'Ce lien ne peut plus être utilisé',
      text:
        'Trop de moyens de paiement ont été refusés avec ce lien. Votre moyen de paiement actuel reste inchangé et ' +
        'aucun montant n’a été débité. Vous pouvez demander un nouveau lien\u00a0; l’entreprise qui vous a envoyé ' +
        'ce lien en sera informée.',
    },
    canceled: {
      title: 'Le remplacement de votre moyen de paiement a été annulé',
      text: keepsMethod,
    },
    failed: {
      title: 'Votre moyen de paiement n’a pas pu être remplacé',
      text: keepsMethod,
    },
  },
  end: {
    paid: 'Vous avez payé {price} à {brand} le {date}.',
    returned: 'Ce montant vous est remboursé. Selon votre banque, cela prend de 5 à 10 jours.',
    statement: 'Sur votre relevé, le paiement apparaît sous le libellé {statement}.',
    reference: 'Référence\u00a0: {reference}',
    redirect: 'Retour vers {brand} dans quelques secondes.',
    stay: 'Rester ici',
  },
  ended: {
    returned: 'Votre paiement est en cours de remboursement. Vous n’avez rien à faire ici.',
    returnedExpired:
      'Votre paiement est en cours de remboursement. Vous pouvez demander un nouveau lien\u00a0; l’entreprise qui ' +
      'vous a envoyé ce lien en sera informée.',
    notCharged: 'Aucun montant n’a été débité. Vous n’avez rien à faire ici.',
  },
  newLink: {
    ask: 'Demander un nouveau lien',
    asked: 'Votre demande de nouveau lien a été transmise à {brand}.',
    failed: 'Cela n’a pas fonctionné. Veuillez réessayer.',
  },
  page: {
    shared: '{brand} vous invite à ajouter un moyen de paiement.',
    back: 'Retour vers {brand}',
    language: 'Langue',
    terms: 'Conditions générales',
    privacy: 'Politique de confidentialité',
    testMode: 'Mode test\u00a0: aucun argent réel n’est échangé',
    questions: 'Des questions\u00a0?',
    notKept:
      'Votre navigateur n’enregistre rien pour cette page. Ne la rechargez pas\u00a0; pour y revenir, ouvrez à ' +
      'nouveau votre lien.',
  },
}

/** What the customer agrees to: see `consent-versions.ts` before you change it. */
export const frenchConsent: ConsentWords = {
  byButton: 'En continuant, vous acceptez ce qui suit\u00a0:',
  byBox: 'J’accepte ce qui suit\u00a0:',
  now: '{company} débite {price} maintenant.',
  nowReturned: '{company} débite {price} maintenant et rembourse ce montant dès que le compte est actif.',
  nothingNow: 'Aucun montant n’est débité maintenant.',
  saved:
    'Ce moyen de paiement est enregistré auprès du prestataire de paiement pour les débits ultérieurs effectués par ' +
    '{company}, jusqu’à ce que vous retiriez ce consentement. Veuillez contacter {company} pour le retirer.',
  later: {
    agreed: 'Ce qui a été convenu avec {company} s’applique aux débits ultérieurs.',
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
}
