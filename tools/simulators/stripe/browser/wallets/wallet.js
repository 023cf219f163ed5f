// The wallet over the page: the customer chooses a card of the wallet, or closes it. It creates the confirmation token.
const titles = { apple_pay: 'Apple Pay', google_pay: 'Google Pay', link: 'Link' }
const query = new URLSearchParams(location.search)
const key = query.get('key')
const stripeAccount = query.get('stripe_account')

/** What the customer can choose, with the test payment method that it pays with. `fails`: no token is created. */
const cards = {
  'Pay with Visa 4242': 'pm_card_visa',
  'Pay with a card that is declined': 'pm_card_visa_chargeDeclinedInsufficientFunds',
  'Pay with a card whose bank asks': 'pm_card_authenticationRequired',
  'Pay with a broken card': 'fails',
}
/** `link`: a method of that type, which the vendor documents for integrations that accept more than cards. */
const ofLink = { ...cards, 'Pay with a bank account': 'pm_card_simulator_link_bank', 'Pay with another type': 'link' }

function choose({ wallet, mode, amount, currency, message = '' }) {
  document.getElementById('wallet').textContent = titles[wallet]
  document.getElementById('amount').textContent = mode === 'payment' ? `${currency} ${amount}` : 'Nothing is charged'
  document.getElementById('message').textContent = message
  return new Promise((resolve) => {
    const choices = Object.entries({ ...(wallet === 'link' ? ofLink : cards), Cancel: undefined })
    const buttons = choices.map(([label, chosen]) => {
      const button = document.createElement('button')
      button.textContent = label
      button.addEventListener('click', () => {
        for (const each of buttons) each.disabled = true
        resolve({ chosen })
      })
      return button
    })
    document.getElementById('choices').replaceChildren(...buttons)
  })
}

async function makeToken({ wallet, chosen, returnUrl }) {
  if (chosen === 'fails') return { error: { type: 'api_error', message: 'The wallet could not be reached.' } }
  const card = { 'payment_method_data[card][token]': chosen, 'payment_method_data[card][wallet]': wallet }
  const body = new URLSearchParams({
    'payment_method_data[type]': chosen === 'link' ? 'link' : 'card',
    ...(chosen === 'link' ? {} : card),
    ...(returnUrl ? { return_url: returnUrl } : {}),
  })
  const ofAccount = stripeAccount ? { 'Stripe-Account': stripeAccount } : {}
  const headers = { Authorization: `Bearer ${key}`, ...ofAccount }
  const made = await (await fetch('/v1/confirmation_tokens', { method: 'POST', headers, body })).json()
  return made.error ? { error: made.error } : { confirmationToken: made }
}

addEventListener('message', async ({ data, ports: [port] }) => {
  if (port) port.postMessage(await (data.do === 'choose' ? choose(data) : makeToken(data)))
})
