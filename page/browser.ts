import type { StripeElements } from '@stripe/stripe-js'
import type { PageModel, PageProgress } from './model.ts'
import { stateWords } from './words.ts'

// The page's own script: shows the gateway's form, hands in what it makes of the card, and follows the progress.

const setup = document.getElementById('setup')
const newLink = document.getElementById('new-link')
if (setup) void runSetup(setup)
if (newLink) offerNewLink(newLink)

async function call(
  path: string,
  name: string,
  body?: unknown,
): Promise<{ status: number; answer: PageProgress | null }> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${path}/${name}${location.search}`, { ...init, cache: 'no-store' })
  return { status: response.status, answer: (await response.json().catch(() => null)) as PageProgress | null }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

async function runSetup(root: HTMLElement): Promise<void> {
  const { path = '', amount = '0', currency = 'USD' } = root.dataset
  const form = document.querySelector<HTMLFormElement>('#payment')
  if (root.dataset.state === 'working' || root.dataset.state === 'closing') return follow(root)
  if (!form) return
  const card = await showCardForm(root)
  const button = form.querySelector('button')!
  button.disabled = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    button.disabled = true
    showAlert('')
    try {
      const token = await card.createToken()
      const shown = { amount: Number(amount), currency }
      const { status, answer } = await submit(path, { gateway: 'stripe', confirmation_token: token, ...shown })
      if (status === 202) return await follow(root)
      showRefusal(status, answer)
    } catch (error) {
      showAlert(error instanceof CardError ? error.message : 'We could not reach the server. Please try again.')
    }
    button.disabled = false
  })
}

/** Sends a submission until it is answered: the same token again is the same submission. */
async function submit(path: string, body: unknown) {
  for (let tries = 0; ; tries++) {
    const result = await call(path, 'setup-completed', body).catch(() => undefined)
    if (result && result.status < 500) return result
    if (tries >= 5) throw new Error('no answer')
    await pause(500 * 2 ** tries)
  }
}

function showRefusal(status: number, progress: PageProgress | null): void {
  if (status === 410 || progress?.paying || (progress && progress.status !== 'pending')) return location.reload()
  if (status === 429)
    return showAlert('Too many payment methods were declined. Please wait a while before you try again.')
  const shown = document.getElementById('setup')!.dataset
  if (progress && (String(progress.amount) !== shown.amount || progress.currency !== shown.currency))
    return location.reload()
  const message = progress?.steps.find((step) => step.name === 'payment_method')?.message
  showAlert(message ?? 'This payment method could not be submitted. You have not been charged.')
}

/** What the customer typed is not complete or not right; the form says which. */
class CardError extends Error {}

async function showCardForm(root: HTMLElement): Promise<{ createToken(): Promise<string> }> {
  const gateways = JSON.parse(root.dataset.gateways!) as PageModel['gateways']
  const { publishableKey, units } = gateways.find(({ name }) => name === 'stripe')!
  while (!window.Stripe) await pause(20)
  const stripe = window.Stripe(publishableKey)
  const currency = root.dataset.currency!.toLowerCase()
  const common = { currency, setupFutureUsage: 'off_session', allowedPaymentMethodTypes: ['card'] }
  const options = units > 0 ? { mode: 'payment', amount: units, ...common } : { mode: 'setup', ...common }
  const elements: StripeElements = stripe.elements(options as never)
  const target = document.getElementById('card-form')!
  const element = elements.create('payment')
  const ready = new Promise<void>((resolve) => element.on('ready', () => resolve()))
  element.mount(target)
  await ready
  target.removeAttribute('aria-busy')
  return {
    async createToken() {
      const checked = await elements.submit()
      if (checked.error) throw new CardError(checked.error.message ?? 'Please check what you entered.')
      const made = await stripe.createConfirmationToken({ elements, params: { return_url: root.dataset.returnUrl! } })
      if (made.error) throw new CardError(made.error.message ?? 'Please check what you entered.')
      return made.confirmationToken.id
    },
  }
}

/** Shows the progress until it ends, or until the customer is asked again. */
async function follow(root: HTMLElement): Promise<void> {
  const form = document.querySelector<HTMLFormElement>('#payment')
  if (form) form.hidden = true
  headline('Setting up billing')
  say('We have your payment method and are working on it. Please leave this page open.')
  const began = Date.now()
  for (let looks = 0; ; looks++) {
    const seen = await call(root.dataset.path!, 'progress').catch(() => undefined)
    if (seen?.answer?.steps) {
      showSteps(seen.answer)
      if (seen.answer.status !== 'pending') return finish(root, seen.answer)
      // Not paying any more and not ended: a decline. The page is drawn anew, with its message and a fresh form.
      if (!seen.answer.paying && root.dataset.state !== 'closing') return location.reload()
    } else if (seen?.status === 410) return location.reload()
    if (Date.now() - began > 20_000) {
      say('This takes longer than usual. Nothing is lost: you can close this page and come back by the same link.')
    }
    await pause(Math.min(500 + looks * 100, 3_000))
  }
}

function finish(root: HTMLElement, progress: PageProgress): void {
  if (progress.status !== 'completed') return location.reload()
  document.getElementById('explanation')?.remove()
  document.getElementById('payment')?.remove()
  headline('You are all set')
  say('Your payment method is saved and your account is active. You can close this page.')
  const message = { type: 'setup_completed', billing_customer_id: root.dataset.billingCustomer }
  if (window.parent === window) return
  for (const origin of JSON.parse(root.dataset.embedOrigins!) as string[]) window.parent.postMessage(message, origin)
}

function showSteps(progress: PageProgress): void {
  for (const { name, state } of progress.steps) {
    const item = document.querySelector<HTMLElement>(`#progress [data-step="${name}"]`)
    if (!item || item.dataset.state === state) continue
    item.dataset.state = state
    item.querySelector('.state')!.textContent = stateWords[state]
  }
}

function headline(text: string): void {
  document.getElementById('headline')!.textContent = text
}

function say(text: string): void {
  const status = document.getElementById('status')!
  if (status.textContent !== text) status.textContent = text
}

function showAlert(text: string): void {
  document.getElementById('alert')!.textContent = text
}

function offerNewLink(root: HTMLElement): void {
  const button = root.querySelector('button')!
  const status = root.querySelector('[role="status"]')!
  button.addEventListener('click', async () => {
    button.disabled = true
    const asked = await call(root.dataset.path!, 'new-link', {}).catch(() => undefined)
    const done = asked !== undefined && asked.status < 300
    status.textContent = done
      ? 'Thank you. A new link was asked for; it will be sent to you.'
      : 'That did not work. Please try again.'
    button.disabled = done
  })
}
