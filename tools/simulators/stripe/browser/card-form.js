// The card form inside the frame. Card digits go only to the simulator, in place of the vendor.
const value = (id) => document.getElementById(id).value
const query = new URLSearchParams(location.search)
const key = query.get('key')
const stripeAccount = query.get('stripe_account') ?? ''
/** Names the connected account for which the page acts, as Stripe.js does. */
const ofAccount = stripeAccount ? { 'Stripe-Account': stripeAccount } : {}

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
  const { enabled_types } = await (
    await fetch(`/_sim/settings?${new URLSearchParams({ key, stripe_account: stripeAccount })}`)
  ).json()
  return enabled_types.includes('link')
}

async function makeToken(returnUrl) {
  const card = { 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': value('number') }
  const body = new URLSearchParams((await paysByLink()) ? { 'payment_method_data[type]': 'link' } : card)
  if (returnUrl) body.set('return_url', returnUrl)
  const response = await fetch('/v1/confirmation_tokens', {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, ...ofAccount },
    body,
  })
  const answer = await response.json()
  if (answer.error) document.getElementById('error').textContent = answer.error.message
  return answer.error ? { error: answer.error } : { confirmationToken: answer }
}

const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const style = document.head.appendChild(document.createElement('style'))

/**
 * Shows the look that the page asks for. The classes of the form are those that its rules can name. Its words stay
 * English, and it notes in which language the vendor's would be.
 */
function show({ theme = 'stripe', variables = {}, rules = {} } = {}, locale) {
  Object.assign(document.documentElement.dataset, { theme, locale })
  document.documentElement.style = ''
  for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(`--${name}`, value)
  const text = (values) => Object.entries(values).map(([name, value]) => `${dashed(name)}: ${value}`)
  style.textContent = Object.entries(rules).reduce(
    (all, [rule, values]) => `${all}${rule} { ${text(values).join('; ')} }`,
    '',
  )
  return { height: document.body.scrollHeight }
}

for (const button of document.querySelectorAll('.test-cards button')) {
  button.addEventListener('click', () => {
    const values = { number: button.dataset.number, expiry: '12 / 34', cvc: '123' }
    for (const [id, text] of Object.entries(values)) document.getElementById(id).value = text
  })
}

addEventListener('message', async ({ data, ports }) => {
  const [port] = ports
  if (!port) return
  const answers = { check, show: () => show(data.appearance, data.locale), token: () => makeToken(data.returnUrl) }
  port.postMessage(await answers[data.do]())
})
