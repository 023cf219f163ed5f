// A part of the simulated Stripe.js: the Express Checkout Element. It shows the customer's wallets as buttons in a
// frame, and the wallet itself over the whole window.

const oneOf =
  (...allowed) =>
  (value) =>
    allowed.includes(value)
const flag = oneOf(true, false)
const withChecks = (checks) => (value) => Object.entries(value).every(([name, each]) => checks[name]?.(each) ?? false)
const wholeNumber = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most
const [way, wayOrAlways] = [oneOf('auto', 'never'), oneOf('auto', 'always', 'never')]

// Of @stripe/stripe-js 10.2.1, `StripeExpressCheckoutElementOptions`: those that the page could use. Stripe.js warns
// about others in the console. This throws.
const expressCheckoutOptions = withChecks({
  billingAddressRequired: flag,
  emailRequired: flag,
  phoneNumberRequired: flag,
  shippingAddressRequired: flag,
  business: withChecks({ name: (name) => typeof name === 'string' && name !== '' }),
  // docs.stripe.com/js/elements_object/create_express_checkout_element: 40px to 55px
  buttonHeight: wholeNumber(40, 55),
  buttonTheme: withChecks({
    applePay: oneOf('black', 'white', 'white-outline'),
    googlePay: oneOf('black', 'white'),
  }),
  buttonType: withChecks({
    applePay: oneOf('plain', 'buy', 'check-out', 'subscribe'),
    googlePay: oneOf('plain', 'pay', 'buy', 'checkout', 'subscribe'),
  }),
  layout: withChecks({ maxColumns: wholeNumber(0, 9), maxRows: wholeNumber(0, 9), overflow: oneOf('auto', 'never') }),
  paymentMethods: withChecks({
    amazonPay: way,
    applePay: wayOrAlways,
    googlePay: wayOrAlways,
    klarna: way,
    link: way,
    paypal: way,
  }),
})

/** The wallets that the simulated customer can have, as options name them, with the names that customers know. */
const walletsByType = {
  apple_pay: { option: 'applePay', title: 'Apple Pay' },
  google_pay: { option: 'googlePay', title: 'Google Pay' },
  link: { option: 'link', title: 'Link' },
}

/** Milliseconds in which a `click` must be resolved (docs.stripe.com/js/element/events/on_click). */
const resolveWithin = 1_000

/**
 * Returns the wallets that this customer can use here. Apple Pay and Google Pay need the browser's permission for
 * payments in the vendor's frame.
 */
async function availableWallets(
  { origin, key, stripeAccount },
  { allowedPaymentMethodTypes: types },
  { paymentMethods = {} },
) {
  if (types && !types.includes('card')) return []
  const answer = await fetch(
    `${origin}/_sim/wallets?${new URLSearchParams({ host: location.hostname, key, stripe_account: stripeAccount })}`,
  )
  const { wallets } = await answer.json()
  const mayPay = document.featurePolicy?.allowsFeature('payment', origin) ?? true
  return wallets.filter((type) => (type === 'link' || mayPay) && paymentMethods[walletsByType[type].option] !== 'never')
}

function frameAt(origin, path, title) {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.src = `${origin}${path}`
  return frame
}

/** `state` is that of the Elements group. In a `confirm` event, `state.wallet` creates its confirmation token. */
function createExpressCheckout({ origin, key, stripeAccount, state, ask, options = {} }) {
  if (!expressCheckoutOptions(options))
    throw new Error(`elements.create('expressCheckout'): an option is not supported: ${JSON.stringify(options)}`)
  const listeners = {}
  const tell = (name, event = {}) => listeners[name]?.({ elementType: 'expressCheckout', ...event })
  let buttons

  async function mount(target) {
    const wallets = await availableWallets({ origin, key, stripeAccount }, state.options, options)
    const available = { amazonPay: false, applePay: false, googlePay: false, klarna: false, link: false, paypal: false }
    for (const type of wallets) available[walletsByType[type].option] = true
    if (wallets.length > 0) await showButtons(target, wallets)
    tell('ready', { availablePaymentMethods: wallets.length > 0 ? available : undefined })
  }

  async function showButtons(target, wallets) {
    buttons = frameAt(origin, `/wallet-buttons?wallets=${wallets}`, 'Secure payment button frame')
    buttons.style = 'display:block;width:100%;border:0'
    ;(typeof target === 'string' ? document.querySelector(target) : target).append(buttons)
    await new Promise((resolve) => buttons.addEventListener('load', resolve))
    addEventListener('message', ({ source, data }) => source === buttons.contentWindow && void click(data.clicked))
    await showAppearance()
  }

  async function showAppearance() {
    const { appearance } = state.options
    const { buttonHeight = 44, layout = {} } = options
    const { height } = await ask(buttons, { do: 'show', appearance, buttonHeight, isOneRow: layout.maxRows === 1 })
    buttons.height = height
  }
  state.onAppearance = () => buttons && showAppearance()

  async function click(expressPaymentType) {
    const isResolved = await new Promise((answer, reject) => {
      if (!listeners.click) return answer(true)
      setTimeout(() => reject(new Error('IntegrationError: click was not resolved within 1 second')), resolveWithin)
      tell('click', { expressPaymentType, resolve: () => answer(true), reject: () => answer(false) })
    })
    if (isResolved) await openWallet(expressPaymentType)
  }

  /** Shows the wallet until the customer has paid with it or closed it. A failed payment can be tried again. */
  async function openWallet(expressPaymentType) {
    const frame = frameAt(
      origin,
      `/wallet?${new URLSearchParams({ key, stripe_account: stripeAccount })}`,
      walletsByType[expressPaymentType].title,
    )
    frame.style = 'position:fixed;inset:0;width:100%;height:100%;border:0;background:#fff;z-index:2147483647'
    document.body.append(frame)
    await new Promise((resolve) => frame.addEventListener('load', resolve))
    const { mode, amount, currency } = state.options
    let message
    for (;;) {
      const asked = { do: 'choose', wallet: expressPaymentType, mode, amount, currency, message }
      const { chosen } = await ask(frame, asked)
      if (!chosen) break
      const failure = await confirm(frame, chosen, expressPaymentType)
      if (!failure) return frame.remove()
      message = failure.message ?? 'This payment failed.'
    }
    frame.remove()
    tell('cancel')
  }

  /** Returns undefined once the page has created a token, or what it told the wallet about a failure. */
  async function confirm(frame, chosen, expressPaymentType) {
    const failure = await new Promise((end) => {
      state.wallet = {
        async createToken(returnUrl) {
          const made = await ask(frame, { do: 'token', wallet: expressPaymentType, chosen, returnUrl })
          if (!made.error) end()
          return made
        },
      }
      tell('confirm', { expressPaymentType, paymentFailed: (failure = {}) => end(failure) })
    })
    state.wallet = undefined
    return failure
  }

  const element = {
    on(name, listener) {
      listeners[name] = listener
      return element
    },
    mount: (target) => void mount(target),
    unmount: () => buttons?.remove(),
  }
  return element
}
