// Simulates the part of PayPal's JavaScript SDK v6 that saves payment methods. A session opens the simulator's approval
// page in a new window or, if windows are blocked, replaces the page, which is reached again by its return URL. Accepts
// only what the types of @paypal/paypal-js 11.3.0 (`sdk-v6`) allow.
;(() => {
  const origin = new URL(document.currentScript.src).origin
  const approvalPage = (setupToken, parameters = {}) =>
    `${origin}/agreements/approve?${new URLSearchParams({ approval_session_id: setupToken, ...parameters })}`

  const pageTypes = 'cart checkout home mini-cart product-details product-listing search-results'.split(' ')
  const flows = 'ONE_TIME_PAYMENT RECURRING_PAYMENT VAULT_WITH_PAYMENT VAULT_WITHOUT_PAYMENT'.split(' ')
  const modes = 'auto popup modal redirect payment-handler direct-app-switch'.split(' ')

  function refuse(message) {
    throw Object.assign(new Error(message), { code: 'ERR_DEV', name: 'PayPalError', isRecoverable: false })
  }

  const popupBlocked = () =>
    Object.assign(new Error('the window was blocked'), { code: 'ERR_DEV_UNABLE_TO_OPEN_POPUP', isRecoverable: true })

  function allowOnly(name, given, allowed) {
    for (const key of Object.keys(given)) if (!allowed.includes(key)) refuse(`${name}: ${key} is unknown`)
  }

  /** Calls a callback and rejects one that returns no promise, because callbacks are awaited. */
  function callback(name, work, data) {
    const returned = work(data)
    if (typeof returned?.then !== 'function') refuse(`${name} must return a promise`)
    return returned
  }

  /** Resolves with the payer's decision. Closing the window counts as a cancellation. */
  function answerOf(popup) {
    return new Promise((resolve) => {
      const finish = (answer) => {
        clearInterval(watch)
        removeEventListener('message', listen)
        resolve(answer)
      }
      const listen = ({ origin: from, data }) => {
        if (from === origin && data?.type === 'paypal-approval') finish(data)
      }
      const watch = setInterval(() => popup.closed && setTimeout(() => finish({ outcome: 'cancel' }), 200), 300)
      addEventListener('message', listen)
    })
  }

  function savePaymentSession(options) {
    allowOnly('createPayPalSavePaymentSession', options, [
      ...['onApprove', 'onCancel', 'onComplete', 'onError'],
      ...['vaultSetupToken', 'clientMetadataId', 'testBuyerCountry'],
    ])
    let popup = null
    let state = 'new'

    async function start({ presentationMode = 'auto' } = {}, promised = Promise.resolve(options)) {
      if (!modes.includes(presentationMode)) refuse(`start: ${presentationMode} is no presentation mode`)
      if (state === 'destroyed') refuse('start: the session was destroyed')
      if (state === 'started') refuse('start: the session is under way')
      state = 'started'
      // Opened at once, because browsers block a window that opens later than the click.
      popup = presentationMode === 'redirect' ? null : window.open('', 'paypal', 'popup,width=480,height=640')
      try {
        // With the code of the real SDK, after which a merchant can try another mode.
        if (!popup && presentationMode === 'popup') throw popupBlocked()
        const { vaultSetupToken } = await promised
        if (!popup) return location.assign(approvalPage(vaultSetupToken))
        const answer = answerOf(popup)
        popup.location = approvalPage(vaultSetupToken, { opener: location.origin })
        const { outcome, payerId } = await answer
        // A destroyed session calls no callbacks.
        if (state === 'destroyed') return
        const approval = { vaultSetupToken, payerId, fundingSource: 'paypal' }
        if (outcome === 'approve') await callback('onApprove', options.onApprove, approval)
        else options.onCancel?.({ vaultSetupToken })
      } catch (error) {
        popup?.close()
        if (!options.onError || error.isRecoverable) throw error
        options.onError(error)
      }
      if (state !== 'destroyed') state = 'ended'
    }

    const returned = () => new URLSearchParams(location.search).get('approval_token_id')
    const session = {
      start,
      cancel: () => popup?.close(),
      destroy: () => {
        popup?.close()
        state = 'destroyed'
        window.paypal.liveSessions.delete(session)
      },
      hasReturned: () => returned() !== null,
      resume: () => callback('onApprove', options.onApprove, { vaultSetupToken: returned(), fundingSource: 'paypal' }),
    }
    // Not part of PayPal's API: lets tests check that sessions are destroyed.
    window.paypal.liveSessions.add(session)
    return session
  }

  /** Returns PayPal's `isEligible` for the account, the currency and the payment flow. */
  async function eligibleMethods(clientId, options) {
    allowOnly('findEligibleMethods', options, ['amount', 'currencyCode', 'paymentFlow'])
    const { currencyCode = 'USD', paymentFlow = 'ONE_TIME_PAYMENT' } = options
    if (!flows.includes(paymentFlow)) refuse(`findEligibleMethods: ${paymentFlow} is no payment flow`)
    const query = new URLSearchParams({ currency_code: currencyCode, payment_flow: paymentFlow, client_id: clientId })
    const response = await fetch(`${origin}/web-sdk/v6/eligible-methods?${query}`)
    const eligible = await response.json()
    return {
      isEligible: (source) => eligible[source] === true,
      getDetails: (source) => ({ canBeVaulted: eligible[source] === true }),
    }
  }

  async function createInstance(options) {
    const { clientId, clientToken, components, pageType = 'checkout' } = options
    if (Boolean(clientId) === Boolean(clientToken)) refuse('createInstance: clientId or clientToken, one of them')
    if (!pageTypes.includes(pageType)) refuse(`createInstance: ${pageType} is no page type`)
    let maySave = false
    const instance = {
      async findEligibleMethods(wanted = {}) {
        const found = await eligibleMethods(clientId ?? '', wanted)
        maySave ||= wanted.paymentFlow === 'VAULT_WITHOUT_PAYMENT' && found.isEligible('paypal')
        return found
      },
    }
    if (!components.includes('paypal-payments')) return instance
    const createPayPalSavePaymentSession = (session) => {
      // "A required eligibility check before you render any payment component": developer.paypal.com/v4-v6.
      if (!maySave) refuse('createPayPalSavePaymentSession: findEligibleMethods did not find PayPal for saving')
      return savePaymentSession(session)
    }
    return { ...instance, createPayPalSavePaymentSession }
  }

  window.paypal = { version: '6.0.0', createInstance, liveSessions: new Set() }
})()
