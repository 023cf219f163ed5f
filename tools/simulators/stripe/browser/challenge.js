// The bank's page: the customer completes or fails the challenge, and the page that opened the frame is notified.
const { searchParams } = new URL(location.href)
const id = searchParams.get('client_secret').split('_secret_')[0]
const kind = id.startsWith('pi_') ? 'payment_intent' : 'setup_intent'
const buttons = ['succeed', 'fail'].map((outcome) => document.getElementById(outcome))

addEventListener('message', async ({ ports: [port] }) => {
  if (!port) return
  searchParams.set('id', id)
  const found = await fetch(`/_sim/challenge?${searchParams}`)
  const intent = await found.json()
  if (!found.ok) return port.postMessage({ error: { type: 'invalid_request_error', message: intent.error } })
  if (intent.status !== 'requires_action')
    return port.postMessage({ error: { type: 'invalid_request_error', message: 'handleNextAction: nothing to do' } })
  for (const button of buttons) {
    button.disabled = false
    button.addEventListener('click', async () => {
      for (const each of buttons) each.disabled = true
      const body = JSON.stringify({ [kind]: id, outcome: button.id })
      const answer = await fetch('/_sim/authenticate', { method: 'POST', body })
      const { status } = await answer.json()
      const failed = { error: { type: 'card_error', code: `${kind}_authentication_failure` } }
      port.postMessage(
        status === 'requires_payment_method'
          ? failed
          : { [kind === 'payment_intent' ? 'paymentIntent' : 'setupIntent']: { id, status } },
      )
    })
  }
})
