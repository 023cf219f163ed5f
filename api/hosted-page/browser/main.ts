import { call, callUntilAnswered, pause, root, type Answer } from './calls.ts'
import { chosenGateway, offers, withdrawPayPal } from './choices.ts'
import { headline, say, showAlert, showPart, showSteps } from './show.ts'
import { NotEligible, preparePayPal } from './paypal.ts'
import { askBank, CardError, showCardForm } from './stripe.ts'
import { reopen, takeToken, type Opening } from './token.ts'
import { loadVendorScripts } from './vendor-scripts.ts'
import type { PageModel, PageProgress } from '../view/model.ts'
import { wordsOf } from '../view/words.ts'

// The page's own script: shows the gateway's form, hands in what it makes of the card, and follows the progress.

const path = () => root().dataset.path!

function tell(state: PageModel['state']): void {
  const words = wordsOf(state, root().dataset.replacing === 'true')
  headline(words.headline)
  say(words.status)
}

async function runSetup({ isBack, isKept }: Opening): Promise<void> {
  loadVendorScripts()
  document.getElementById('not-kept')!.hidden = isKept
  document.getElementById('another')?.addEventListener('click', () => void offerAnotherCard())
  const { state } = root().dataset
  if (state === 'working' || state === 'closing') return follow()
  if (state === 'done') return tellParent()
  const back = isBack ? await lookBack() : null
  if (back?.paying || state === 'asked') return follow()
  if (back && isOutdated(back)) return reopen()
  if (state === 'confirm') return offerConfirmation()
  if (state === 'form') await offerForm()
}

let offered = false
async function offerForm(): Promise<void> {
  showPart('payment')
  const form = document.querySelector<HTMLFormElement>('form#payment')
  if (offered || !form) return
  offered = true
  const button = form.querySelector('button')!
  // Each is made ready when it is first chosen; a promise, so that a click finds it at once.
  const ready: Partial<Record<string, Promise<Method>>> = {}
  const choose = async () => {
    const gateway = chosenGateway(form)
    document.getElementById('card-form')!.hidden = gateway !== 'stripe'
    button.disabled = true
    showAlert('')
    await (ready[gateway] ??= prepare(gateway)).then(
      () => (button.disabled = chosenGateway(form) !== gateway),
      (error: unknown) => {
        delete ready[gateway]
        if (error instanceof NotEligible) withdrawPayPal(form)
        showAlert(error instanceof NotEligible ? notAvailable : notLoaded[gateway]!)
      },
    )
  }
  form.addEventListener('change', () => void choose())
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    button.disabled = true
    void submit(form, ready).finally(() => (button.disabled = false))
  })
  const message = document.getElementById('alert')!.textContent ?? ''
  if (offers(form, 'paypal')) ready.paypal ??= prepare('paypal')
  ready.paypal?.catch((error: unknown) => {
    // A choice of the customer tells its own failure, and tries again what was not loaded.
    if (chosenGateway(form) === 'paypal') return
    delete ready.paypal
    if (error instanceof NotEligible) withdrawPayPal(form)
  })
  await choose()
  if (message) showAlert(message)
}

/**
 * Gets what the gateway makes of the customer's payment method: a part of the submission, or null where they took it
 * back.
 */
type Method = () => Promise<Record<string, string> | null>

const notLoaded: Record<string, string> = {
  stripe:
    'The card form of the payment provider could not be loaded. Please check your connection and reload this page.',
  paypal: 'PayPal could not be loaded. Please check your connection, or use a card.',
}

const notAvailable = 'PayPal is not available for this payment. Please use a card, or ask whoever sent you this link.'

async function prepare(gateway: string): Promise<Method> {
  if (gateway === 'stripe') {
    const card = await showCardForm()
    return async () => ({ gateway, confirmation_token: await card.createToken() })
  }
  const paypal = await preparePayPal()
  return async () => {
    const approval = await paypal.approve()
    return approval && { gateway, setup_token: approval.setupToken }
  }
}

async function submit(form: HTMLFormElement, ready: Partial<Record<string, Promise<Method>>>): Promise<void> {
  showAlert('')
  try {
    const made = await (await ready[chosenGateway(form)]!)()
    if (!made) return showAlert('You did not approve this at PayPal. You have not been charged.')
    const { amount, currency } = root().dataset
    const answer = await handIn({ ...made, amount: Number(amount), currency })
    if (answer.status === 202) return await follow({ customerIsHere: true })
    showRefusal(answer)
  } catch (error) {
    if (error instanceof NotEligible) {
      withdrawPayPal(form)
      return showAlert(notAvailable)
    }
    showAlert(error instanceof CardError ? error.message : 'We could not reach the server. Please try again.')
  }
}

/** Sends again what is only slowed; with each pause it is somebody else's turn less. */
async function handIn(submission: Record<string, unknown>): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await callUntilAnswered(path(), 'setup-completed', submission)
    if (answer.answer?.refusal !== 'slow_down' || tries >= 5) return answer
    say('This takes a little longer than usual. Please keep this page open.')
    await pause(answer.retryAfter * 1_000)
  }
}

/** Whether the page was drawn before this was known: the onboarding has ended since, or the bank has declined. */
function isOutdated({ status, paying }: PageProgress): boolean {
  const { state } = root().dataset
  if (state === 'confirm') return !paying
  return (state === 'form' || state === 'watching') && status !== 'pending'
}

/**
 * The customer comes from the bank or PayPal: the service reads what was answered there, and goes on. Null where it
 * does not answer.
 */
async function lookBack(): Promise<PageProgress | null> {
  const back = await callUntilAnswered(path(), 'action-completed', {}).catch(() => undefined)
  return back?.answer ?? null
}

function showRefusal({ status, answer: progress }: Answer): void {
  if (
    status === 410 ||
    progress?.refusal === 'too_many_attempts' ||
    progress?.refusal === 'suspended' ||
    progress?.paying ||
    (progress && progress.status !== 'pending')
  )
    return reopen()
  if (progress?.refusal === 'slow_down')
    return showAlert('This cannot be done just now. You have not been charged. Please try again in a minute.')
  if (status === 429)
    return showAlert('Too many payment methods were declined. Please wait a while before you try again.')
  const shown = root().dataset
  if (progress && (String(progress.amount) !== shown.amount || progress.currency !== shown.currency)) return reopen()
  const message = progress?.steps.find((step) => step.name === 'payment_method')?.message
  showAlert(message ?? 'This payment method could not be submitted. You have not been charged.')
}

/** Shows the progress until it ends, or until the customer is asked: by the bank, or for another card. */
async function follow({ customerIsHere = false } = {}): Promise<void> {
  showPart(null)
  const { state } = root().dataset
  tell(state === 'closing' || state === 'asked' ? state : 'working')
  const began = Date.now()
  for (let looks = 0; ; looks++) {
    const seen = await call(path(), 'progress').catch(() => undefined)
    if (seen?.status === 410) return reopen()
    if (seen?.answer?.steps) {
      showSteps(seen.answer)
      if (seen.answer.status !== 'pending') return finish(seen.answer)
      // Not paying any more and not ended: a decline. The page is drawn anew, with its message and a fresh form.
      if (!seen.answer.paying && root().dataset.state !== 'closing') return reopen()
      if (seen.answer.action) return customerIsHere ? confirmWithBank(seen.answer.action) : offerConfirmation()
    }
    if (Date.now() - began > 20_000 && state !== 'asked') {
      say('This takes longer than usual. Nothing is lost: you can close this page and come back by the same link.')
    }
    await pause(Math.min(500 + looks * 100, 3_000))
  }
}

/** A customer who comes back is not thrown into the bank's page, but asked first. */
function offerConfirmation(): void {
  tell('confirm')
  showPart('bank')
  document.getElementById('confirm')!.onclick = () => void follow({ customerIsHere: true })
}

async function confirmWithBank(action: NonNullable<PageProgress['action']>): Promise<void> {
  say('Your bank asks you to confirm this. Please answer on the page of your bank.')
  if (action.type === 'redirect') return location.assign(action.url)
  await askBank(action.client_secret)
  await callUntilAnswered(path(), 'action-completed', {}).catch(() => undefined)
  return follow()
}

async function offerAnotherCard(): Promise<void> {
  tell('form')
  await offerForm()
}

function finish(progress: PageProgress): void {
  if (progress.status !== 'completed') return reopen()
  for (const id of ['explanation', 'payment', 'bank']) document.getElementById(id)?.remove()
  tell('done')
  tellParent()
}

/** An application that shows the page in a frame learns that it is over; nobody else does. */
function tellParent(): void {
  const { billingCustomer, embedOrigins } = root().dataset
  const message = { type: 'setup_completed', billing_customer_id: billingCustomer }
  if (window.parent === window) return
  for (const origin of JSON.parse(embedOrigins!) as string[]) {
    try {
      window.parent.postMessage(message, origin)
    } catch {
      // No origin to this browser. The others are told all the same.
    }
  }
}

function offerNewLink(section: HTMLElement): void {
  const button = section.querySelector('button')!
  const status = section.querySelector('[role="status"]')!
  button.addEventListener('click', async () => {
    button.disabled = true
    const asked = await call(section.dataset.path!, 'new-link', {}).catch(() => undefined)
    const done = asked !== undefined && asked.status < 300
    status.textContent = done
      ? 'Thank you. A new link was asked for; it will be sent to you.'
      : 'That did not work. Please try again.'
    button.disabled = done
  })
}

const newLink = document.getElementById('new-link')
const opening = takeToken()
document.getElementById('needs-script')?.remove()
if (opening && document.getElementById('setup')) void runSetup(opening)
if (opening && newLink) offerNewLink(newLink)
