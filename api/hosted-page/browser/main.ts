import { call, callUntilAnswered, pause, root, type Answer } from './calls.ts'
import { chosenGateway, offers, withdraw } from './choices.ts'
import { CardError, NotEligible, type Method } from './gateway-form.ts'
import { answers, forms } from './gateways.ts'
import { submitInTurn } from './queue.ts'
import { headline, say, showAlert, showPart, showSteps } from './show.ts'
import { gatewayNames, type GatewayName } from '../../../domain/lifecycle.ts'
import { reopen, takeToken, type Opening } from './token.ts'
import { loadVendorScripts } from './vendor-scripts.ts'
import type { PageModel, PageProgress } from '../view/model.ts'
import { wordsOf } from '../view/words.ts'

// The page's own script: shows the gateway's form, submits its token, and shows the progress.

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
  if (state === 'done') return notifyParent()
  // Nothing is offered until the response arrives: the approved method may have to wait for its turn.
  if (isBack) showPart(null)
  const back = isBack ? await reportReturn() : null
  if (back?.answer?.paying || state === 'asked') return follow()
  if (back?.answer && isOutdated(back.answer)) return reopen()
  if (state === 'confirm') return offerConfirmation()
  if (state === 'form') await offerForm()
  if (back?.answer?.refusal) showReturnRefused(back)
}

let offered = false
async function offerForm(): Promise<void> {
  showPart('payment')
  const form = document.querySelector<HTMLFormElement>('form#payment')
  if (offered || !form) return
  offered = true
  const button = form.querySelector('button')!
  // Each form is prepared when it is first selected.
  const ready: ReadyForms = {}
  const choose = async () => {
    const gateway = chosenGateway(form)
    document.getElementById('card-form')!.hidden = !forms[gateway].isTyped
    button.disabled = true
    showAlert('')
    await (ready[gateway] ??= forms[gateway].prepare()).then(
      () => (button.disabled = chosenGateway(form) !== gateway),
      (error: unknown) => {
        delete ready[gateway]
        if (error instanceof NotEligible) withdraw(form, gateway)
        showAlert(messageOf(gateway, error))
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
  prepareEarly(form, ready)
  await choose()
  if (message) showAlert(message)
}

/** The forms that are being prepared or are ready. */
type ReadyForms = Partial<Record<GatewayName, Promise<Method>>>

/** Removes gateways that turn out to be unusable before the customer selects them. */
function prepareEarly(form: HTMLFormElement, ready: ReadyForms): void {
  for (const gateway of gatewayNames) {
    if (!forms[gateway].isPreparedEarly) continue
    if (offers(form, gateway)) ready[gateway] ??= forms[gateway].prepare()
    ready[gateway]?.catch((error: unknown) => {
      // When the customer selects it, a failure is shown, and a script that did not load is loaded again.
      if (chosenGateway(form) === gateway) return
      delete ready[gateway]
      if (error instanceof NotEligible) withdraw(form, gateway)
    })
  }
}

function messageOf(gateway: GatewayName, error: unknown): string {
  const { notEligible, notLoaded } = forms[gateway]
  return error instanceof NotEligible ? (notEligible ?? notLoaded) : notLoaded
}

async function submit(form: HTMLFormElement, ready: ReadyForms): Promise<void> {
  const gateway = chosenGateway(form)
  showAlert('')
  try {
    const made = await (await ready[gateway]!)()
    if (!made) return showAlert(forms[gateway].notApproved ?? '')
    const { amount, currency } = root().dataset
    const answer = await submitInTurn(path(), 'setup-completed', { ...made, amount: Number(amount), currency })
    if (answer.status === 202) return await follow({ customerIsHere: true })
    say('')
    showRefusal(answer)
  } catch (error) {
    if (error instanceof NotEligible) {
      withdraw(form, gateway)
      return showAlert(messageOf(gateway, error))
    }
    showAlert(error instanceof CardError ? error.message : 'We could not reach the server. Please try again.')
  }
}

/** Returns whether the page is outdated: the onboarding has ended since, or the bank has declined. */
function isOutdated({ status, paying }: PageProgress): boolean {
  const { state } = root().dataset
  if (state === 'confirm') return !paying
  return (state === 'form' || state === 'watching') && status !== 'pending'
}

/**
 * Tells the service that the customer returned from the bank or the gateway, so that it reads the result and
 * continues. What the customer approved waits for its turn, like a card. Null if the service does not respond.
 */
const reportReturn = (): Promise<Answer | null> => submitInTurn(path(), 'action-completed', {}).catch(() => null)

/** Shows why the service did not accept what the customer approved. A return URL shows no form to try again with. */
function showReturnRefused(back: Answer): void {
  const { state } = root().dataset
  if (state !== 'form' && state !== 'watching') return
  tell(state)
  if (state === 'form') showRefusal(back)
  else say(refusalText(back))
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
  const shown = root().dataset
  if (status !== 429 && progress && (String(progress.amount) !== shown.amount || progress.currency !== shown.currency))
    return reopen()
  showAlert(refusalText({ status, answer: progress }))
}

function refusalText({ status, answer: progress }: Pick<Answer, 'status' | 'answer'>): string {
  if (progress?.refusal === 'slow_down')
    return 'This is not possible right now. You have not been charged. Please try again in a minute.'
  if (status === 429 || progress?.refusal === 'too_many_attempts')
    return 'Too many payment methods were declined. Please wait a while before you try again.'
  const message = progress?.steps.find((step) => step.name === 'payment_method')?.message
  return message ?? 'This payment method could not be submitted. You have not been charged.'
}

/** Shows the progress until the end, or until the customer must act: confirm with the bank, or enter another card. */
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
      // No longer paying and not ended: a decline. The page is reloaded, with a message and a new form.
      if (!seen.answer.paying && root().dataset.state !== 'closing') return reopen()
      if (seen.answer.action) return customerIsHere ? confirmWithBank(seen.answer.action) : offerConfirmation()
    }
    if (Date.now() - began > 20_000 && state !== 'asked') {
      say(
        'This is taking longer than usual. Nothing is lost: you can close this page and come back with the same link.',
      )
    }
    await pause(Math.min(500 + looks * 100, 3_000))
  }
}

/** Asks a returning customer before the bank's page is opened again. */
function offerConfirmation(): void {
  tell('confirm')
  showPart('bank')
  document.getElementById('confirm')!.onclick = () => void follow({ customerIsHere: true })
}

async function confirmWithBank(action: NonNullable<PageProgress['action']>): Promise<void> {
  say('Your bank asks you to confirm this. Please respond on the page of your bank.')
  if (action.type === 'redirect') return location.assign(action.url)
  await answers[action.type](action.client_secret)
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
  notifyParent()
}

/** Notifies the application that embeds the page in a frame, and nobody else, that the setup has ended. */
function notifyParent(): void {
  const { billingCustomer, embedOrigins } = root().dataset
  const message = { type: 'setup_completed', billing_customer_id: billingCustomer }
  if (window.parent === window) return
  for (const origin of JSON.parse(embedOrigins!) as string[]) {
    try {
      window.parent.postMessage(message, origin)
    } catch {
      // This browser does not accept the origin. The other origins are still notified.
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
      ? 'Thank you. A new link was requested and will be sent to you.'
      : 'That did not work. Please try again.'
    button.disabled = done
  })
}

const newLink = document.getElementById('new-link')
const opening = takeToken()
document.getElementById('needs-script')?.remove()
if (opening && document.getElementById('setup')) void runSetup(opening)
if (opening && newLink) offerNewLink(newLink)
