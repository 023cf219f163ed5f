// Stands in for PayPal's JavaScript SDK v6, as far as saving a payment method goes: a session opens the simulator's
// approval page in a window of its own or, where windows are blocked, in place of the page, which comes back by its return
// address.
;(() => {
  const origin = new URL(document.currentScript.src).origin
  const approvalPage = (setupToken, parameters = {}) =>
    `${origin}/agreements/approve?${new URLSearchParams({ approval_session_id: setupToken, ...parameters })}`

  /** Resolves with what the payer did; closing the window is a no. */
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

  function createPayPalSavePaymentSession(options) {
    let popup = null

    async function start({ presentationMode = 'auto' } = {}, promised = Promise.resolve(options)) {
      // At once: a window that is opened later than the click is blocked.
      popup = presentationMode === 'redirect' ? null : window.open('', 'paypal', 'popup,width=480,height=640')
      try {
        const { vaultSetupToken } = await promised
        if (!popup) return location.assign(approvalPage(vaultSetupToken))
        const answer = answerOf(popup)
        popup.location = approvalPage(vaultSetupToken, { opener: location.origin })
        const { outcome, payerId } = await answer
        if (outcome === 'approve') await options.onApprove?.({ vaultSetupToken, payerId, fundingSource: 'paypal' })
        else options.onCancel?.({ vaultSetupToken })
      } catch (error) {
        popup?.close()
        if (!options.onError) throw error
        options.onError(error)
      }
    }

    const returned = () => new URLSearchParams(location.search).get('approval_token_id')
    return {
      start,
      cancel: () => popup?.close(),
      destroy: () => popup?.close(),
      hasReturned: () => returned() !== null,
      resume: async () => options.onApprove?.({ vaultSetupToken: returned(), fundingSource: 'paypal' }),
    }
  }

  async function createInstance({ clientId, clientToken, components }) {
    if (!clientId && !clientToken) throw new Error('createInstance: clientId or clientToken is missing')
    return components.includes('paypal-payments') ? { createPayPalSavePaymentSession } : {}
  }

  window.paypal = { version: '6.0.0', createInstance }
})()
