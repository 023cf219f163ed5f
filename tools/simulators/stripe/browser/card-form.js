// The card form inside the frame. Card digits go only to the simulator, in place of the vendor.
const value = (id) => document.getElementById(id).value
const query = new URLSearchParams(location.search)
const key = query.get('key')

function check() {
  const message = !value('number').trim()
    ? 'Your card number is incomplete.'
    : !/^\s*\d{1,2}\s*\/?\s*\d{2,4}\s*$/.test(value('expiry'))
      ? "Your card's expiration date is incomplete."
      : !/^\s*\d{3,4}\s*$/.test(value('cvc'))
        ? "Your card's security code is incomplete."
        : ''
  document.getElementById('error').textContent = message
  return message ? { error: { type: 'validation_error', message } } : {}
}

// If the form offers Link, the simulated customer pays with it.
async function paysByLink() {
  if (query.get('link') === 'never') return false
  const { enabled_types } = await (await fetch('/_sim/settings')).json()
  return enabled_types.includes('link')
}

async function makeToken(returnUrl) {
  const card = { 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': value('number') }
  const body = new URLSearchParams((await paysByLink()) ? { 'payment_method_data[type]': 'link' } : card)
  if (returnUrl) body.set('return_url', returnUrl)
  const response = await fetch('/v1/confirmation_tokens', {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}` },
    body,
  })
  const answer = await response.json()
  if (answer.error) document.getElementById('error').textContent = answer.error.message
  return answer.error ? { error: answer.error } : { confirmationToken: answer }
}

addEventListener('message', async ({ data, ports }) => {
  const [port] = ports
  if (!port) return
  port.postMessage(data.do === 'check' ? check() : await makeToken(data.returnUrl))
})
