import { customerMessages } from '../../../domain/payment/declines.ts'

const keepsMethod =
  'Your current payment method stays as it was, and nothing was charged. You do not need to do anything here.'

/** The words of the hosted page in English. `{name}` is replaced (`fill` in `words.ts`). */
export const english = {
  headlines: {
    setUp: 'Set up billing',
    replace: 'Replace your payment method',
    settingUp: 'Setting up billing',
    replacing: 'Saving your new payment method',
    confirm: 'Confirm with your bank',
    closing: 'This setup is closing',
    closingReplacement: 'This replacement is closing',
    done: 'You are all set',
    active: 'Billing is set up',
    suspended: 'Billing is paused',
  },
  status: {
    /** From the click until the service has the payment method. */
    sendingCard: 'Sending your card to the payment provider…',
    sending: 'Sending your payment method…',
    atGateway: 'Please continue in the window of {gateway}.',
    stillSending: 'Still working on it. You are never charged twice.',
    offline: 'You are offline. This page continues by itself as soon as you are online again.',
    unknown:
      'The connection was lost, so the outcome is not known yet. This page keeps asking. You are never charged twice.',
    queued: 'This is taking a little longer than usual. Please keep this page open.',
    working: 'Your payment is being processed. This usually takes a few seconds. Please keep this page open.',
    workingFree: 'Your payment method is being saved. Nothing is charged. Please keep this page open.',
    long:
      'This is taking longer than usual. Nothing is lost, and you are never charged twice. You can close this page ' +
      'and come back with the same link.',
    confirm: 'Your bank wants to make sure that it is you. You have not been charged yet.',
    confirmFree: 'Your bank wants to make sure that it is you. Nothing is charged.',
    confirming: 'Please confirm on the page of your bank.',
    asked:
      'If you have responded to your bank, this page continues by itself. If not, please open the link that was sent ' +
      'to you.',
    watching: 'To enter a payment method, please open the link that was sent to you.',
    closing: 'If you have paid, your payment is completed or returned to you.',
    closingFree: 'If it was not completed in time, you keep your current payment method. Nothing is charged.',
    done: 'Your payment method is saved and your account is active. You can close this page.',
    doneFree: 'Your new payment method is saved. You can close this page.',
    active: 'Billing with {brand} is active. There is nothing to do here.',
    suspended: '{brand} has paused billing for this account. Please contact them if you have questions.',
  },
  summary: {
    add: 'Add a payment method.',
    addFor: 'Add a payment method for {item}.',
    replace: 'Add another payment method. It replaces your current one.',
    today: 'Today',
    once: 'Once, to check the payment method.',
    kept: '{company} keeps this amount.',
    returned: 'This amount is returned as soon as your account is active.',
    free: 'Nothing is charged now.',
    later: 'Later',
    stop: 'To stop later charges',
    stopAsk: 'Please contact {company}',
    noCard: 'Your card number never reaches {brand}.',
  },
  form: {
    paymentMethod: 'Payment method',
    card: 'Card',
    orCard: 'Or with a card',
    loadingCard: 'Loading the card form…',
    pay: 'Pay {price} and finish',
    save: 'Save payment method',
    continueAt: 'Continue to {gateway}',
    paying: 'Paying {price}…',
    saving: 'Saving your payment method…',
    retry: 'Load again',
    confirm: 'Confirm with your bank',
    anotherCard: 'Use another card',
    anotherMethod: 'Choose another payment method',
    nothingOffered:
      '{brand} cannot accept a payment method right now: the payment provider does not accept their account. They ' +
      'have been notified. You have not been charged. Please come back later with the same link.',
  },
  alerts: {
    cardNotLoaded: 'The card form of the payment provider could not be loaded. Please check your connection.',
    cardSlow: 'The card form of the payment provider is taking a long time to load.',
    gatewayNotLoaded: '{gateway} has not loaded. Please check your connection, or choose another payment method.',
    gatewayNotEligible:
      '{gateway} is not available for this payment. Please choose another payment method, or ask whoever sent you ' +
      'this link.',
    gatewayNotApproved: 'You did not approve this at {gateway}. You have not been charged.',
    checkInput: 'Please check what you entered.',
    refused: 'This payment method could not be submitted. You have not been charged.',
    slowDown: 'This is not possible right now. You have not been charged. Please try again in a minute.',
    coolDown: 'Too many payment methods were declined. To protect you, this page accepts the next one at {time}.',
    lastAttempt: 'One attempt is left with this link.',
    agree: 'Please agree to this before you continue.',
    priceChanged:
      'The price changed from {old} to {new} while this page was open. You have not been charged. Please check the ' +
      'new price before you pay.',
    oldBrowser: 'This browser is too old for this page. Open this link in a current Safari, Chrome, Firefox or Edge.',
    needsScript: 'This page needs JavaScript. Please allow it for this site and reload the page.',
    scriptNotLoaded:
      'The script of this page has not loaded, and the page does not work without it. Please check your connection, ' +
      'allow JavaScript for this site, and reload the page.',
  },
  /** By the code of the decline. The API returns the same sentences. */
  declines: customerMessages,
  steps: {
    title: 'Progress',
    paymentMethod: 'Payment method',
    payment: 'Payment of {price}',
    activation: 'Account activation',
    enrollment: 'Start of {item}',
    enrollmentUnnamed: 'Start',
  },
  stepStates: { waiting: 'next', running: 'now', done: 'done', skipped: 'not needed', failed: 'ended' },
  /** Pages without a form, by the notice. */
  notices: {
    expired: {
      title: 'This link has expired',
      text: 'You have not been charged. You can ask for a new link; the company that sent it will be notified.',
    },
    replaced: {
      title: 'There is a newer link',
      text: 'This link was replaced. Please open the newest message from the company that sent it.',
    },
    exhausted: {
      title: 'This link can no longer be used',
      text:
        'Too many payment methods were declined with it. You have not been charged. You can ask for a new link; the ' +
        'company that sent you this one will be notified.',
    },
    unavailable: {
      title: 'This page cannot be shown right now',
      text: 'Nothing was changed, and your link stays valid. Please try again in a minute.',
    },
    canceled: {
      title: 'This setup was canceled',
      text: 'If you had already paid, the payment is being returned to you. You do not need to do anything here.',
    },
    failed: {
      title: 'This setup could not be finished',
      text: 'If you had already paid, the payment is being returned to you. You do not need to do anything here.',
    },
    returned: {
      title: 'You can close this window',
      text: 'Your answer has reached your bank. Setup continues by itself; your setup link shows its progress.',
    },
    no_token: {
      title: 'Please open your link again',
      text:
        'This address works only in the tab where you opened your link. Go back to the email or message with the ' +
        'link, and open it again. Nothing is lost.',
    },
    not_found: {
      title: 'This link does not work',
      text: 'Please open it again from the email or message, or copy all of it.',
    },
  },
  noticesOfReplacement: {
    expired: {
      title: 'This link has expired',
      text:
        'Your current payment method stays as it was. You can ask for a new link; the company that sent you this one ' +
        'will be notified.',
    },
    exhausted: {
      title: 'This link can no longer be used',
      text:
        'Too many payment methods were declined with it. Your current payment method stays as it was, and nothing ' +
        'was charged. You can ask for a new link; the company that sent you this one will be notified.',
    },
    canceled: {
      title: 'This replacement was canceled',
      text: keepsMethod,
    },
    failed: {
      title: 'Your payment method could not be replaced',
      text: keepsMethod,
    },
  },
  /** After a completed setup. */
  end: {
    paid: 'You paid {price} to {brand} on {date}.',
    returned: 'It is returned to you. Depending on your bank, that takes 5 to 10 days.',
    statement: 'On your statement it appears as {statement}.',
    reference: 'Reference: {reference}',
    redirect: 'In a few seconds you return to {brand}.',
    stay: 'Stay here',
  },
  /** What is known of the payment after a setup that was canceled, failed or expired. */
  ended: {
    returned: 'Your payment is being returned to you. You do not need to do anything here.',
    returnedExpired:
      'Your payment is being returned to you. You can ask for a new link; the company that sent it will be notified.',
    notCharged: 'You have not been charged. You do not need to do anything here.',
  },
  newLink: {
    ask: 'Ask for a new link',
    asked: '{brand} has been told that you need a new link.',
    failed: 'That did not work. Please try again.',
  },
  page: {
    /** What a chat shows of a link. */
    shared: '{brand} asks you to add a payment method.',
    back: 'Back to {brand}',
    language: 'Language',
    terms: 'Terms',
    privacy: 'Privacy policy',
    testMode: 'Test mode: no real money moves',
    questions: 'Questions?',
    notKept:
      'Your browser does not store anything for this page. Do not reload it; to come back to it, open your link again.',
  },
}

/**
 * What the customer agrees to, in English. After a change of these words in any language, follow `consent-versions.ts`.
 * The text in brackets is a link.
 */
export const englishConsent = {
  byButton: 'By continuing, you agree to the following:',
  byBox: 'I agree to the following:',
  now: '{company} charges {price} now.',
  nowReturned: '{company} charges {price} now and returns it as soon as the account is active.',
  nothingNow: 'Nothing is charged now.',
  saved:
    'This payment method is saved with the payment provider for later charges by {company}, until you withdraw this ' +
    'consent. Contact {company} to withdraw it.',
  /** By the condition under which the item is charged. */
  later: {
    agreed: 'What was agreed with {company} applies to later charges.',
    each: '{company} charges {price} for {item} each time payment is due.',
    gte: '{company} charges {price} for {item} each time the measured value is {threshold} or more.',
    lte: '{company} charges {price} for {item} each time the measured value is {threshold} or less.',
    eq: '{company} charges {price} for {item} each time the measured value is exactly {threshold}.',
  },
  /** In place of the price, if the company determines it each time. */
  anAmount: 'an amount that it determines',
  terms: 'The [terms] apply.',
  privacy: 'How personal data is used: [privacy policy].',
}
