// Simulates Stripe.js. `Stripe(key).elements(…).create('payment')` shows the card form in a frame on the simulator's
// origin, `createConfirmationToken` makes the frame create a token, and `handleNextAction` shows the bank's page over
// the whole window. The page never sees card digits. wallets/element.js is in front of it.

;(() => {
  const origin = new URL(document.currentScript.src).origin

  // Of @stripe/stripe-js 10.2.1, `StripeElementsUpdateOptions`: those that the page could use.
  const updatable = ['mode', 'amount', 'currency', 'setupFutureUsage', 'appearance', 'locale']

  const groupOptions = [...updatable, 'allowedPaymentMethodTypes', 'paymentMethodTypes', 'loader', 'fonts']

  /** What a group without an intent needs: docs.stripe.com/js/elements_object/create_without_intent. */
  function checkGroup(options) {
    const unknown = Object.keys(options).find((name) => !groupOptions.includes(name))
    if (unknown) throw new Error(`stripe.elements(): ${unknown} is not an accepted option`)
    const { mode, amount, currency } = options
    if (!['payment', 'setup', 'subscription'].includes(mode)) throw new Error(`stripe.elements(): invalid mode ${mode}`)
    if (!/^[a-z]{3}$/.test(currency)) throw new Error(`stripe.elements(): invalid currency ${currency}`)
    if (mode === 'payment' && !(Number.isInteger(amount) && amount > 0))
      throw new Error(`stripe.elements(): amount must be greater than 0 with mode payment, and is ${amount}`)
  }

  /** Checks the input. In a `confirm` event of a wallet, that is complete. */
  async function submit(state) {
    state.isSubmitted = true
    return state.wallet ? {} : ask(state.frame, { do: 'check' })
  }

  // docs.stripe.com/js/confirmation_tokens/create_confirmation_token: after elements.submit().
  function createToken(state, returnUrl) {
    if (!state.isSubmitted) throw new Error('IntegrationError: elements.submit() must be called before')
    state.isSubmitted = false
    return state.wallet ? state.wallet.createToken(returnUrl) : ask(state.frame, { do: 'token', returnUrl })
  }

  // Of @stripe/stripe-js 10.2.1, `Appearance`: those that the page could use. Stripe.js warns about others in the
  // console ("…" is not a supported variable), and about colors that are not hexadecimal, rgb() or hsl(). This throws.
  const fontVariables = ['fontFamily', 'fontSizeBase', 'fontLineHeight', 'spacingUnit', 'borderRadius']
  const colorVariables = ['colorPrimary', 'colorBackground', 'colorText', 'colorTextSecondary', 'colorTextPlaceholder']
  colorVariables.push('colorSuccess', 'colorDanger', 'colorWarning', 'iconColor', 'accessibleColorOnColorPrimary')
  const appearances = { theme: ['stripe', 'night', 'flat'], labels: ['auto', 'above', 'floating'] }
  const selector =
    /^\.(Input|Label|Error)(--(invalid|empty))?(:(hover|focus|disabled|autofill)|::(placeholder|selection))?$/
  const properties = ['backgroundColor', 'border', 'borderColor', 'borderRadius', 'boxShadow', 'color', 'fontFamily']
  properties.push('fontSize', 'fontWeight', 'letterSpacing', 'lineHeight', 'outline', 'outlineOffset', 'padding')
  const color = /^(#([\da-f]{3}|[\da-f]{6})|(rgb|hsl)\([^)]+\))$/i

  function checkAppearance({ variables = {}, rules = {}, ...options }) {
    const refuse = (message) => {
      throw new Error(`stripe.elements(): ${message}`)
    }
    for (const [name, value] of Object.entries(options))
      if (!appearances[name]?.includes(value)) refuse(`invalid appearance.${name} "${value}"`)
    for (const [name, value] of Object.entries(variables)) {
      if (!fontVariables.includes(name) && !colorVariables.includes(name))
        refuse(`invalid variable "${name}"; "${name}" is not a supported variable.`)
      if (typeof value !== 'string' || !value || (colorVariables.includes(name) && !color.test(value)))
        refuse(`invalid variable value "${value}" provided to "${name}"`)
    }
    for (const [rule, values] of Object.entries(rules)) {
      if (!selector.test(rule)) refuse(`"${rule}" is not a supported selector`)
      for (const name of Object.keys(values))
        if (!properties.includes(name)) refuse(`"${name}" is not a supported property for "${rule}"`)
    }
  }

  function openFrame(target, key, stripeAccount, link, business) {
    const frame = document.createElement('iframe')
    frame.title = 'Secure card payment input frame'
    frame.src = `${origin}/card-form?${new URLSearchParams({ key, stripe_account: stripeAccount, link, business })}`
    frame.height = '180'
    target.append(frame)
    return frame
  }

  /** Shows a frame over the page until the customer has responded, as the vendor's script does. */
  async function handleNextAction(key, stripeAccount, { clientSecret }) {
    const frame = document.createElement('iframe')
    frame.title = "Your bank's page"
    const query = new URLSearchParams({ client_secret: clientSecret, key, stripe_account: stripeAccount })
    frame.src = `${origin}/challenge?${query}`
    frame.style = 'position:fixed;inset:0;width:100%;height:100%;border:0;background:#fff;z-index:2147483647'
    document.body.append(frame)
    await new Promise((resolve) => frame.addEventListener('load', resolve))
    const answer = await ask(frame)
    frame.remove()
    return answer
  }

  function ask(frame, question) {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }) => resolve(data)
      frame.contentWindow.postMessage(question, origin, [port2])
    })
  }

  /** Shows the appearance in the frame, which becomes as high as its content. */
  async function show({ frame, options }) {
    const { appearance, locale } = options
    const { height } = await ask(frame, { do: 'show', appearance, locale })
    frame.height = Math.max(180, height)
  }

  /**
   * `wallets.link` specifies whether the form may offer Link if it is enabled for the account. `business.name` is that
   * of the account by default.
   */
  function createElement(state, { key, stripeAccount }, { wallets = {}, business = {}, terms = {} } = {}) {
    for (const shown of Object.values(terms))
      if (!['auto', 'always', 'never'].includes(shown)) throw new Error(`terms: ${shown}`)
    const listeners = {}
    return {
      on: (name, listener) => (listeners[name] = listener),
      mount(target) {
        state.frame = openFrame(
          typeof target === 'string' ? document.querySelector(target) : target,
          key,
          stripeAccount,
          wallets.link ?? 'auto',
          business.name ?? 'Simulated account',
        )
        state.frame.addEventListener('load', async () => {
          await show(state)
          listeners.ready?.()
        })
      },
      unmount: () => state.frame?.remove(),
    }
  }

  window.Stripe = (key, { locale = 'auto', stripeAccount = '' } = {}) => ({
    elements(options) {
      const state = { options: { locale, ...options } }
      checkGroup(options)
      checkAppearance(options.appearance ?? {})
      return {
        state,
        create: (type, options) =>
          type === 'expressCheckout'
            ? createExpressCheckout({ origin, key, stripeAccount, state, ask, options })
            : createElement(state, { key, stripeAccount }, options),
        submit: () => submit(state),
        async update(changes) {
          for (const name of Object.keys(changes))
            if (!updatable.includes(name)) throw new Error(`elements.update(): ${name} cannot be updated`)
          checkAppearance(changes.appearance ?? {})
          Object.assign(state.options, changes)
          checkGroup(state.options)
          if ((changes.appearance || changes.locale) && state.frame) await show(state)
          if (changes.appearance) await state.onAppearance?.()
        },
        getElement: () => null,
      }
    },
    createConfirmationToken: async ({ elements, params }) => createToken(elements.state, params?.return_url),
    handleNextAction: (options) => handleNextAction(key, stripeAccount, options),
  })
  window.Stripe.version = 'endive'
})()
