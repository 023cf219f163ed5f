import type { ConsentWords, Words } from './words.ts'

const declined = 'Su banco rechazó esta tarjeta. No se le ha cobrado nada. Pruebe con otra tarjeta.'
const keepsMethod =
  'Su método de pago actual sigue como estaba y no se le ha cobrado nada. No tiene que hacer nada aquí.'

/** The words of the hosted page in Spanish. */
export const spanish: Words = {
  headlines: {
    setUp: 'Configure sus pagos',
    replace: 'Cambie su método de pago',
    settingUp: 'Configurando sus pagos',
    replacing: 'Guardando su nuevo método de pago',
    confirm: 'Su banco pide una confirmación',
    closing: 'Esta configuración se está cerrando',
    closingReplacement: 'El cambio de método de pago se está cerrando',
    done: 'Todo listo',
    active: 'Los pagos están configurados',
    suspended: 'Los cobros están en pausa',
  },
  status: {
    sendingCard: 'Enviando su tarjeta al proveedor de pagos…',
    sending: 'Enviando su método de pago…',
    atGateway: 'Continúe en la ventana de {gateway}.',
    stillSending: 'Todavía en proceso. Nunca se le cobrará dos veces.',
    offline: 'No tiene conexión a internet. Esta página continuará por sí sola en cuanto vuelva a tenerla.',
    unknown:
      'Se perdió la conexión, por lo que aún no se conoce el resultado. Esta página sigue consultándolo. Nunca se le ' +
      'cobrará dos veces.',
    queued: 'Está tardando un poco más de lo habitual. Mantenga esta página abierta.',
    working: 'Su pago se está procesando. Suele tardar unos segundos. Mantenga esta página abierta.',
    workingFree: 'Su método de pago se está guardando. No se le cobra nada. Mantenga esta página abierta.',
    long:
      'Está tardando más de lo habitual. No se ha perdido nada y nunca se le cobrará dos veces. Puede cerrar ' +
      'esta página y volver con el mismo enlace.',
    confirm: 'Su banco quiere asegurarse de que es usted. Todavía no se le ha cobrado nada.',
    confirmFree: 'Su banco quiere asegurarse de que es usted. No se le cobra nada.',
    confirming: 'Confírmelo en la página de su banco.',
    asked: 'Si ya respondió a su banco, esta página continuará por sí sola. Si no, abra el enlace que se le envió.',
    watching: 'Para añadir un método de pago, abra el enlace que se le envió.',
    closing: 'Si ha pagado, el pago se completará o se le devolverá el importe.',
    closingFree: 'Si el cambio no se completó a tiempo, usted conserva su método de pago actual. No se le cobra nada.',
    done: 'Su método de pago está guardado y su cuenta está activa. Puede cerrar esta página.',
    doneFree: 'Su nuevo método de pago está guardado. Puede cerrar esta página.',
    active: 'Los pagos a {brand} están activos. No tiene que hacer nada aquí.',
    suspended: '{brand} ha pausado los cobros de esta cuenta. Si tiene preguntas, póngase en contacto con la empresa.',
  },
  summary: {
    add: 'Añada un método de pago.',
    addFor: 'Añada un método de pago para {item}.',
    replace: 'Añada otro método de pago. Sustituirá al actual.',
    today: 'Hoy',
    once: 'Una sola vez, para verificar el método de pago.',
    kept: '{company} conserva este importe.',
    returned: 'Se le devolverá ese importe en cuanto su cuenta esté activa.',
    free: 'Ahora no se cobra nada.',
    later: 'Más adelante',
    stop: 'Para detener los cobros posteriores',
    stopAsk: 'Póngase en contacto con {company}',
    noCard: 'El número de su tarjeta nunca llega a {brand}.',
  },
  form: {
    paymentMethod: 'Método de pago',
    card: 'Tarjeta',
    orCard: 'O con tarjeta',
    loadingCard: 'Cargando el formulario de la tarjeta…',
    pay: 'Pagar {price} y finalizar',
    save: 'Guardar método de pago',
    continueAt: 'Continuar en {gateway}',
    paying: 'Pagando {price}…',
    saving: 'Guardando su método de pago…',
    retry: 'Volver a cargar',
    confirm: 'Confirmar con su banco',
    anotherCard: 'Usar otra tarjeta',
    anotherMethod: 'Elegir otro método de pago',
    nothingOffered:
      '{brand} no puede aceptar métodos de pago en este momento: el proveedor de pagos no acepta la cuenta de la ' +
      'empresa, que ya ha recibido un aviso. No se le ha cobrado nada. Vuelva más tarde con el mismo enlace.',
  },
  alerts: {
    cardNotLoaded: 'No se pudo cargar el formulario de tarjeta del proveedor de pagos. Compruebe su conexión.',
    cardSlow: 'El formulario de tarjeta del proveedor de pagos está tardando mucho en cargarse.',
    gatewayNotLoaded: '{gateway} no se ha cargado. Compruebe su conexión o elija otro método de pago.',
    gatewayNotEligible:
      '{gateway} no está disponible para este pago. Elija otro método de pago o consulte a quien le envió este enlace.',
    gatewayNotApproved: 'No se completó la aprobación en {gateway}. No se le ha cobrado nada.',
    checkInput: 'Revise los datos que ha indicado.',
    refused: 'No se pudo enviar este método de pago. No se le ha cobrado nada.',
    slowDown: 'Esto no es posible en este momento. No se le ha cobrado nada. Inténtelo de nuevo dentro de un minuto.',
    coolDown:
      'Se rechazaron demasiados métodos de pago. Por su seguridad, esta página aceptará el siguiente a partir de ' +
      'esta hora: {time}.',
    lastAttempt: 'Queda un intento con este enlace.',
    agree: 'Para continuar, acepte lo anterior.',
    priceChanged:
      'El precio cambió de {old} a {new} mientras esta página estaba abierta. No se le ha cobrado nada. Revise el ' +
      'nuevo precio antes de pagar.',
    oldBrowser:
      'Este navegador es demasiado antiguo para esta página. Abra este enlace en una versión actual de Safari, ' +
      'Chrome, Firefox o Edge.',
    needsScript: 'Esta página necesita JavaScript. Permítalo para este sitio y vuelva a cargar la página.',
    scriptNotLoaded:
      'El script de esta página no se ha cargado, y la página no funciona sin él. Compruebe su conexión, permita ' +
      'JavaScript para este sitio y vuelva a cargar la página.',
  },
  declines: {
    declined,
    do_not_try_again: declined,
    insufficient_funds:
      'Su banco rechazó esta tarjeta por fondos insuficientes. No se le ha cobrado nada. Pruebe con otra tarjeta.',
    expired_card: 'Esta tarjeta ha caducado. No se le ha cobrado nada. Pruebe con otra tarjeta.',
    incorrect_cvc: 'El código de seguridad no es correcto. No se le ha cobrado nada. Revíselo e inténtelo de nuevo.',
    incorrect_number: 'El número de tarjeta no es correcto. No se le ha cobrado nada. Revíselo e inténtelo de nuevo.',
    incorrect_postal_code:
      'El código postal no coincide con el de esta tarjeta. No se le ha cobrado nada. Revíselo e inténtelo de nuevo.',
    check_card_data:
      'Su banco no aceptó los datos de esta tarjeta. No se le ha cobrado nada. Revíselos o use otra tarjeta.',
    card_not_supported:
      'Esta tarjeta no se puede usar para este pago. No se le ha cobrado nada. Pruebe con otra tarjeta.',
    try_again_later:
      'Su banco no pudo procesar el pago en este momento. No se le ha cobrado nada. Inténtelo de nuevo dentro de un ' +
      'momento o use otra tarjeta.',
    authentication_failed:
      'Su banco no pudo verificar su identidad. No se le ha cobrado nada. Inténtelo de nuevo o use otra tarjeta.',
    authentication_required:
      'Su banco le pide que confirme este pago. No se le ha cobrado nada. Indique aquí los datos de la tarjeta.',
    paypal_declined:
      'PayPal rechazó el pago. No se le ha cobrado nada. Elija otra forma de pagar en PayPal o use otro método de ' +
      'pago.',
    paypal_account: 'Esta cuenta de PayPal no se puede usar aquí. No se le ha cobrado nada. Use otro método de pago.',
    paypal_approval_needed: 'PayPal necesita de nuevo su aprobación. No se le ha cobrado nada. Vuelva a elegir PayPal.',
    took_too_long:
      'No se pudo contactar a tiempo con su banco. No se le ha cobrado nada. Indique de nuevo los datos de su tarjeta.',
    method_not_usable: 'Este método de pago no se puede usar. No se le ha cobrado nada. Indique otro.',
    onboarding_ended: 'Esta configuración ha terminado. No se le ha cobrado nada.',
  },
  steps: {
    title: 'Progreso',
    paymentMethod: 'Método de pago',
    payment: 'Pago de {price}',
    activation: 'Activación de la cuenta',
    enrollment: 'Inicio: {item}',
    enrollmentUnnamed: 'Inicio del servicio',
  },
  stepStates: {
    waiting: 'pendiente',
    running: 'en curso',
    done: 'listo',
    skipped: 'no aplica',
    failed: 'sin completar',
  },
  notices: {
    expired: {
      title: 'Este enlace ha caducado',
      text: 'No se le ha cobrado nada. Puede pedir un enlace nuevo; se avisará a la empresa que le envió este.',
    },
    replaced: {
      title: 'Hay un enlace más reciente',
      text: 'Este enlace se ha sustituido por otro. Abra el mensaje más reciente de la empresa que se lo envió.',
    },
    exhausted: {
      title: 'Este enlace ya no se puede usar',
      text:
        'Con él se rechazaron demasiados métodos de pago. No se le ha cobrado nada. Puede pedir un enlace nuevo; se ' +
        'avisará a la empresa que le envió este.',
    },
    unavailable: {
      title: 'Esta página no se puede mostrar en este momento',
      text: 'No se ha cambiado nada y su enlace sigue siendo válido. Inténtelo de nuevo dentro de un minuto.',
    },
    canceled: {
      title: 'Esta configuración se canceló',
      text: 'Si ya había pagado, se le está devolviendo el importe. No tiene que hacer nada aquí.',
    },
    failed: {
      title: 'No se pudo finalizar esta configuración',
      text: 'Si ya había pagado, se le está devolviendo el importe. No tiene que hacer nada aquí.',
    },
    returned: {
      title: 'Puede cerrar esta ventana',
      text:
        'Su banco ha recibido su respuesta. La configuración continúa por sí sola; en el enlace que recibió puede ' +
        'ver el progreso.',
    },
    no_token: {
      title: 'Vuelva a abrir su enlace',
      text:
        'Esta dirección solo funciona en la pestaña en la que abrió su enlace. Vuelva al correo electrónico o al ' +
        'mensaje con el enlace y ábralo de nuevo. No se ha perdido nada.',
    },
    not_found: {
      title: 'Este enlace no funciona',
      text: 'Ábralo de nuevo desde el correo electrónico o el mensaje, o cópielo entero.',
    },
  },
  noticesOfReplacement: {
    expired: {
      title: 'Este enlace ha caducado',
      text:
        'Su método de pago actual sigue como estaba. Puede pedir un enlace nuevo; se avisará a la empresa que le ' +
        'envió este.',
    },
    exhausted: {
      title: 'Este enlace ya no se puede usar',
      text:
        'Con él se rechazaron demasiados métodos de pago. Su método de pago actual sigue como estaba y no se le ha ' +
        'cobrado nada. Puede pedir un enlace nuevo; se avisará a la empresa que le envió este.',
    },
    canceled: {
      title: 'El cambio de método de pago se canceló',
      text: keepsMethod,
    },
    failed: {
      title: 'No se pudo cambiar su método de pago',
      text: keepsMethod,
    },
  },
  end: {
    paid: 'Usted pagó {price} a {brand} el {date}.',
    returned: 'Se le devolverá ese importe. Dependiendo de su banco, la devolución tarda entre 5 y 10 días.',
    statement: 'En su extracto aparece como {statement}.',
    reference: 'Referencia: {reference}',
    redirect: 'En unos segundos volverá a {brand}.',
    stay: 'Quedarse aquí',
  },
  ended: {
    returned: 'Se le está devolviendo el importe que pagó. No tiene que hacer nada aquí.',
    returnedExpired:
      'Se le está devolviendo el importe que pagó. Puede pedir un enlace nuevo; se avisará a la empresa que le envió ' +
      'este.',
    notCharged: 'No se le ha cobrado nada. No tiene que hacer nada aquí.',
  },
  newLink: {
    ask: 'Pedir un enlace nuevo',
    asked: 'Se ha avisado a {brand} de que usted necesita un enlace nuevo.',
    failed: 'No funcionó. Inténtelo de nuevo.',
  },
  page: {
    shared: '{brand} le pide que añada un método de pago.',
    back: 'Volver a {brand}',
    language: 'Idioma',
    terms: 'Condiciones',
    privacy: 'Política de privacidad',
    testMode: 'Modo de prueba: no se mueve dinero real',
    questions: '¿Tiene preguntas?',
    notKept:
      'Su navegador no guarda ningún dato de esta página. No la recargue; para volver a ella, abra de nuevo su enlace.',
  },
}

/** What the customer agrees to: see `consent-versions.ts` before you change it. */
export const spanishConsent: ConsentWords = {
  byButton: 'Al continuar, usted acepta lo siguiente:',
  byBox: 'Acepto lo siguiente:',
  now: '{company} cobra {price} ahora.',
  nowReturned: '{company} cobra {price} ahora y devuelve ese importe en cuanto la cuenta esté activa.',
  nothingNow: 'Ahora no se cobra nada.',
  saved:
    'El proveedor de pagos guarda este método de pago para cobros posteriores de {company}, hasta que usted retire ' +
    'este consentimiento. Póngase en contacto con {company} para retirarlo.',
  later: {
    agreed: 'Lo acordado con {company} se aplica a los cobros posteriores.',
    each: '{company} cobra {price} por {item} cada vez que deba pagarse.',
    gte: '{company} cobra {price} por {item} cada vez que el valor medido sea de {threshold} o más.',
    lte: '{company} cobra {price} por {item} cada vez que el valor medido sea de {threshold} o menos.',
    eq: '{company} cobra {price} por {item} cada vez que el valor medido sea exactamente de {threshold}.',
  },
  anAmount: 'un importe que determina la empresa',
  terms: 'Se aplican las [condiciones].',
  privacy: 'Uso de los datos personales: [política de privacidad].',
}
