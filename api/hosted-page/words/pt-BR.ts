import type { ConsentWords, Words } from './words.ts'

const declined = 'Seu banco recusou este cartão. Nenhum valor foi cobrado. Tente com outro cartão.'
const keepsMethod =
  'Sua forma de pagamento atual continua como estava, e nenhum valor foi cobrado. Você não precisa fazer nada aqui.'

/** The words of the hosted page in Brazilian Portuguese. */
export const brazilianPortuguese: Words = {
  headlines: {
    setUp: 'Configure seus pagamentos',
    replace: 'Troque sua forma de pagamento',
    settingUp: 'Configurando seus pagamentos',
    replacing: 'Salvando sua nova forma de pagamento',
    confirm: 'Seu banco pede uma confirmação',
    closing: 'Esta configuração está sendo encerrada',
    closingReplacement: 'A troca da forma de pagamento está sendo encerrada',
    done: 'Tudo pronto',
    active: 'Os pagamentos estão configurados',
    suspended: 'As cobranças estão pausadas',
  },
  status: {
    sendingCard: 'Enviando seu cartão ao provedor de pagamentos…',
    sending: 'Enviando sua forma de pagamento…',
    atGateway: 'Continue na janela de {gateway}.',
    stillSending: 'Ainda em andamento. Nenhum valor é cobrado duas vezes.',
    offline: 'Você está sem internet. Esta página continuará sozinha assim que a conexão voltar.',
    unknown:
      'A conexão caiu, por isso ainda não sabemos o resultado. Esta página continua verificando. Nenhum valor é ' +
      'cobrado duas vezes.',
    queued: 'Está demorando um pouco mais que o normal. Mantenha esta página aberta.',
    working: 'Seu pagamento está sendo processado. Isso costuma levar alguns segundos. Mantenha esta página aberta.',
    workingFree: 'Sua forma de pagamento está sendo salva. Nada é cobrado. Mantenha esta página aberta.',
    long:
      'Está demorando mais que o normal. Nada se perdeu, e nenhum valor é cobrado duas vezes. Você pode fechar ' +
      'esta página e voltar com o mesmo link.',
    confirm: 'Seu banco quer ter certeza de que é você. Nenhum valor foi cobrado até agora.',
    confirmFree: 'Seu banco quer ter certeza de que é você. Nada é cobrado.',
    confirming: 'Confirme na página do seu banco.',
    asked: 'Se você já respondeu ao seu banco, esta página continuará sozinha. Se não, abra o link que você recebeu.',
    watching: 'Para adicionar uma forma de pagamento, abra o link que você recebeu.',
    closing: 'Se você pagou, o pagamento será concluído ou o valor será devolvido.',
    closingFree: 'Se a troca não foi concluída a tempo, sua forma de pagamento atual continua valendo. Nada é cobrado.',
    done: 'Sua forma de pagamento foi salva e sua conta está ativa. Você pode fechar esta página.',
    doneFree: 'Sua nova forma de pagamento foi salva. Você pode fechar esta página.',
    active: 'Os pagamentos a {brand} estão ativos. Você não precisa fazer nada aqui.',
    suspended: '{brand} pausou as cobranças desta conta. Se tiver dúvidas, entre em contato com a empresa.',
  },
  summary: {
    add: 'Adicione uma forma de pagamento.',
    addFor: 'Adicione uma forma de pagamento para {item}.',
    replace: 'Adicione outra forma de pagamento. Ela substituirá a atual.',
    today: 'Hoje',
    once: 'Uma única vez, para verificar a forma de pagamento.',
    kept: '{company} fica com este valor.',
    returned: 'O valor será devolvido assim que sua conta estiver ativa.',
    free: 'Nada é cobrado agora.',
    later: 'Depois',
    stop: 'Para interromper as cobranças posteriores',
    stopAsk: 'Entre em contato com {company}',
    noCard: 'O número do seu cartão nunca chega a {brand}.',
  },
  form: {
    paymentMethod: 'Forma de pagamento',
    card: 'Cartão',
    orCard: 'Ou com cartão',
    loadingCard: 'Carregando o formulário do cartão…',
    pay: 'Pagar {price} e concluir',
    save: 'Salvar forma de pagamento',
    continueAt: 'Continuar com {gateway}',
    paying: 'Pagando {price}…',
    saving: 'Salvando sua forma de pagamento…',
    retry: 'Carregar novamente',
    confirm: 'Confirmar com seu banco',
    anotherCard: 'Usar outro cartão',
    anotherMethod: 'Escolher outra forma de pagamento',
    nothingOffered:
      '{brand} não pode aceitar formas de pagamento no momento: o provedor de pagamentos não aceita a conta da ' +
      'empresa, que já foi avisada. Nenhum valor foi cobrado. Volte mais tarde com o mesmo link.',
  },
  alerts: {
    cardNotLoaded: 'Não foi possível carregar o formulário de cartão do provedor de pagamentos. Verifique sua conexão.',
    cardSlow: 'O formulário de cartão do provedor de pagamentos está demorando muito para carregar.',
    gatewayNotLoaded:
      'O carregamento de {gateway} não foi concluído. Verifique sua conexão ou escolha outra forma de pagamento.',
    gatewayNotEligible:
      '{gateway} não está disponível para este pagamento. Escolha outra forma de pagamento ou fale com quem enviou ' +
      'este link a você.',
    gatewayNotApproved: 'A aprovação via {gateway} não foi concluída. Nenhum valor foi cobrado.',
    checkInput: 'Confira os dados informados.',
    refused: 'Não foi possível enviar esta forma de pagamento. Nenhum valor foi cobrado.',
    slowDown: 'Isso não é possível no momento. Nenhum valor foi cobrado. Tente novamente em um minuto.',
    coolDown:
      'Muitas formas de pagamento foram recusadas. Para sua segurança, esta página aceitará a próxima a partir deste ' +
      'horário: {time}.',
    lastAttempt: 'Resta uma tentativa com este link.',
    agree: 'Para continuar, é necessário concordar.',
    priceChanged:
      'O preço mudou de {old} para {new} enquanto esta página estava aberta. Nenhum valor foi cobrado. Confira o ' +
      'novo preço antes de pagar.',
    oldBrowser:
      'Este navegador é antigo demais para esta página. Abra este link em uma versão atual do Safari, Chrome, ' +
      'Firefox ou Edge.',
    needsScript: 'Esta página precisa do JavaScript. Permita-o para este site e recarregue a página.',
    scriptNotLoaded:
      'O script desta página não foi carregado, e a página não funciona sem ele. Verifique sua conexão, permita o ' +
      'JavaScript para este site e recarregue a página.',
  },
  declines: {
    declined,
    do_not_try_again: declined,
    insufficient_funds:
      'Seu banco recusou este cartão por saldo ou limite insuficiente. Nenhum valor foi cobrado. Tente com outro ' +
      'cartão.',
    expired_card: 'Este cartão está vencido. Nenhum valor foi cobrado. Tente com outro cartão.',
    incorrect_cvc: 'O código de segurança está incorreto. Nenhum valor foi cobrado. Confira e tente novamente.',
    incorrect_number: 'O número do cartão está incorreto. Nenhum valor foi cobrado. Confira e tente novamente.',
    incorrect_postal_code: 'O CEP não corresponde a este cartão. Nenhum valor foi cobrado. Confira e tente novamente.',
    check_card_data:
      'Seu banco não aceitou os dados deste cartão. Nenhum valor foi cobrado. Confira os dados ou use outro cartão.',
    card_not_supported:
      'Este cartão não pode ser usado para este pagamento. Nenhum valor foi cobrado. Tente com outro cartão.',
    try_again_later:
      'Seu banco não conseguiu processar o pagamento agora. Nenhum valor foi cobrado. Tente novamente em instantes ' +
      'ou use outro cartão.',
    authentication_failed:
      'Seu banco não conseguiu verificar sua identidade. Nenhum valor foi cobrado. Tente novamente ou use outro ' +
      'cartão.',
    authentication_required:
      'Seu banco pede que você confirme este pagamento. Nenhum valor foi cobrado. Informe aqui os dados do cartão.',
    paypal_declined:
      'O PayPal recusou o pagamento. Nenhum valor foi cobrado. Escolha outra forma de pagar no PayPal ou use outra ' +
      'forma de pagamento.',
    paypal_account:
      'Esta conta do PayPal não pode ser usada aqui. Nenhum valor foi cobrado. Use outra forma de pagamento.',
    paypal_approval_needed:
      'O PayPal precisa da sua aprovação novamente. Nenhum valor foi cobrado. Escolha o PayPal de novo.',
    took_too_long:
      'Não foi possível contatar seu banco a tempo. Nenhum valor foi cobrado. Informe novamente os dados do cartão.',
    method_not_usable: 'Esta forma de pagamento não pode ser usada. Nenhum valor foi cobrado. Informe outra.',
    onboarding_ended: 'Esta configuração foi encerrada. Nenhum valor foi cobrado.',
  },
  steps: {
    title: 'Andamento',
    paymentMethod: 'Forma de pagamento',
    payment: 'Pagamento de {price}',
    activation: 'Ativação da conta',
    enrollment: 'Início: {item}',
    enrollmentUnnamed: 'Início do serviço',
  },
  stepStates: {
    waiting: 'pendente',
    running: 'em andamento',
    done: 'pronto',
    skipped: 'não aplicável',
    failed: 'sem conclusão',
  },
  notices: {
    expired: {
      title: 'Este link expirou',
      text: 'Nenhum valor foi cobrado. Você pode pedir um novo link; a empresa que enviou este link será avisada.',
    },
    replaced: {
      title: 'Há um link mais recente',
      text: 'Este link foi substituído. Abra a mensagem mais recente da empresa que o enviou.',
    },
    exhausted: {
      title: 'Este link não pode mais ser usado',
      text:
        'Muitas formas de pagamento foram recusadas com ele. Nenhum valor foi cobrado. Você pode pedir um novo link; ' +
        'a empresa que enviou este link será avisada.',
    },
    unavailable: {
      title: 'Não é possível mostrar esta página no momento',
      text: 'Nada foi alterado, e seu link continua válido. Tente novamente em um minuto.',
    },
    canceled: {
      title: 'Esta configuração foi cancelada',
      text: 'Se você já havia feito o pagamento, o valor está sendo devolvido. Você não precisa fazer nada aqui.',
    },
    failed: {
      title: 'Não foi possível concluir esta configuração',
      text: 'Se você já havia feito o pagamento, o valor está sendo devolvido. Você não precisa fazer nada aqui.',
    },
    returned: {
      title: 'Você pode fechar esta janela',
      text:
        'Seu banco recebeu sua resposta. A configuração continua sozinha; o link que você recebeu mostra o ' +
        'andamento.',
    },
    no_token: {
      title: 'Abra seu link novamente',
      text:
        'Este endereço só funciona na aba em que você abriu seu link. Volte ao e-mail ou à mensagem com o link e ' +
        'abra-o novamente. Nada se perdeu.',
    },
    not_found: {
      title: 'Este link não funciona',
      text: 'Abra-o novamente a partir do e-mail ou da mensagem, ou copie-o por inteiro.',
    },
  },
  noticesOfReplacement: {
    expired: {
      title: 'Este link expirou',
      text:
        'Sua forma de pagamento atual continua como estava. Você pode pedir um novo link; a empresa que enviou este ' +
        'link será avisada.',
    },
    exhausted: {
      title: 'Este link não pode mais ser usado',
      text:
        'Muitas formas de pagamento foram recusadas com ele. Sua forma de pagamento atual continua como estava, e ' +
        'nenhum valor foi cobrado. Você pode pedir um novo link; a empresa que enviou este link será avisada.',
    },
    canceled: {
      title: 'A troca da forma de pagamento foi cancelada',
      text: keepsMethod,
    },
    failed: {
      title: 'Não foi possível trocar sua forma de pagamento',
      text: keepsMethod,
    },
  },
  end: {
    paid: 'Você pagou {price} a {brand} em {date}.',
    returned: 'O valor será devolvido a você. Dependendo do seu banco, isso leva de 5 a 10 dias.',
    statement: 'Na sua fatura ou extrato, aparece como {statement}.',
    reference: 'Referência: {reference}',
    redirect: 'Em alguns segundos, você voltará para {brand}.',
    stay: 'Ficar aqui',
  },
  ended: {
    returned: 'O valor que você pagou está sendo devolvido. Você não precisa fazer nada aqui.',
    returnedExpired:
      'O valor que você pagou está sendo devolvido. Você pode pedir um novo link; a empresa que enviou este link ' +
      'será avisada.',
    notCharged: 'Nenhum valor foi cobrado. Você não precisa fazer nada aqui.',
  },
  newLink: {
    ask: 'Pedir um novo link',
    asked: '{brand} recebeu o aviso de que você precisa de um novo link.',
    failed: 'Não deu certo. Tente novamente.',
  },
  page: {
    shared: '{brand} pede que você adicione uma forma de pagamento.',
    back: 'Voltar para {brand}',
    language: 'Idioma',
    terms: 'Termos',
    privacy: 'Política de privacidade',
    testMode: 'Modo de teste: nenhum dinheiro real é movimentado',
    questions: 'Dúvidas?',
    notKept:
      'Seu navegador não guarda nenhum dado desta página. Não a recarregue; para voltar a ela, abra seu link ' +
      'novamente.',
  },
}

/** What the customer agrees to: see `consent-versions.ts` before you change it. */
export const brazilianPortugueseConsent: ConsentWords = {
  byButton: 'Ao continuar, você concorda com o seguinte:',
  byBox: 'Concordo com o seguinte:',
  now: '{company} cobra {price} agora.',
  nowReturned: '{company} cobra {price} agora e devolve o valor assim que a conta estiver ativa.',
  nothingNow: 'Nada é cobrado agora.',
  saved:
    'Esta forma de pagamento fica salva no provedor de pagamentos para cobranças posteriores de {company}, até que ' +
    'você revogue este consentimento. Entre em contato com {company} para revogá-lo.',
  later: {
    agreed: 'O que foi acordado com {company} vale para as cobranças posteriores.',
    each: '{company} cobra {price} por {item} sempre que o pagamento for devido.',
    gte: '{company} cobra {price} por {item} sempre que o valor medido for {threshold} ou mais.',
    lte: '{company} cobra {price} por {item} sempre que o valor medido for {threshold} ou menos.',
    eq: '{company} cobra {price} por {item} sempre que o valor medido for exatamente {threshold}.',
  },
  anAmount: 'um valor definido pela empresa',
  terms: 'Aplicam-se os [termos].',
  privacy: 'Uso de dados pessoais: [política de privacidade].',
}
