import type { GatewayName } from '../../../domain/lifecycle.ts'
import { gatewayNames } from '../../../domain/lifecycle.ts'
import { submitLabel, submittingLabel } from '../view/states.ts'
import { chosenGateway, offers, withdraw } from './choices.ts'
import { hasAgreed } from './consent.ts'
import { NotEligible, type Method } from './gateways/gateway-form.ts'
import { gatewayWords } from './gateways/gateway-words.ts'
import { forms } from './gateways/list.ts'
import { byId, gatewayOf, page } from './page-data.ts'
import { tell } from './parent/parent.ts'
import { enter, said, say, show, showAlert, type ViewState } from './show.ts'

// The payment form: the choice, the vendors' forms, and the button.

/** Milliseconds after which the page says that a vendor's form does not load. */
const slowAfter = 8_000

/** The forms that are being prepared or are ready. */
const prepared: Partial<Record<GatewayName, Promise<Method>>> = {}

const find = () => document.querySelector<HTMLFormElement>('form#payment')
const submitButton = (form: HTMLFormElement) => form.querySelector<HTMLButtonElement>('button[type="submit"]')!

/** Why the form is shown. */
export type FormState = Extract<ViewState, 'ready' | 'declined' | 'price_changed' | 'cool_down'>

/** Whether this page has a form. Others only watch the progress. */
export const hasForm = () => find() !== null

/** Shows the form, if there is one. What the customer typed into it before is still there. */
export function showForm(state: FormState, alert = ''): void {
  const form = find()
  if (!form) return
  show({ state, ...said('form'), alert, part: 'payment' })
  if (state === 'cool_down') setBusy(form, false)
  else void prepareChosen(form)
}

type Submit = (gateway: GatewayName, method: Promise<Method>) => Promise<void>
let submitMethod: Submit

/** Handles the form's events. `submit` is called with the gateway and with the way to get the payment method. */
export function listenToForm(submit: Submit): void {
  const form = find()
  if (!form) return
  submitMethod = submit
  form.addEventListener('change', ({ target }) => {
    if ((target as HTMLInputElement).name !== 'gateway') return void hasAgreed()
    // Browsers before 2022 ignore `inert`.
    if (form.getAttribute('aria-busy') === 'true') return
    showAlert('')
    tell({ type: 'method_selected', gateway: chosenGateway(form) })
    void prepareChosen(form)
  })
  byId('retry')!.addEventListener('click', () => {
    const gateway = chosenGateway(form)
    delete prepared[gateway]
    forms[gateway].forget()
    showAlert('')
    void prepareChosen(form)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const gateway = chosenGateway(form)
    begin(form, gateway, prepared[gateway], gatewayWords(gateway).asking)
  })
}

/** Submits a payment method, if the form is ready for that. Says `asking` until the gateway has returned it. */
function begin(
  form: HTMLFormElement,
  gateway: GatewayName,
  method: Promise<Method> | undefined,
  asking: string,
): boolean {
  if (submitButton(form).getAttribute('aria-disabled') === 'true' || !method || !hasAgreed()) return false
  enter('submitting')
  setBusy(form, true)
  say(asking)
  void submitMethod(gateway, method)
  return true
}

/** Prepares a gateway's form, once. */
const prepare = (form: HTMLFormElement, gateway: GatewayName): Promise<Method> =>
  (prepared[gateway] ||= forms[gateway].prepare((method, asking) =>
    begin(form, gateway, Promise.resolve(method), asking),
  ))

/** Makes the form inert from the click on, but for its button, which keeps the focus. */
function setBusy(form: HTMLFormElement, isBusy: boolean): void {
  const button = submitButton(form)
  form.setAttribute('aria-busy', isBusy as never)
  for (const id of ['inputs', 'consent']) byId(id)!.inert = isBusy
  button.setAttribute('aria-disabled', 'true')
  const gateway = gatewayOf(chosenGateway(form))
  // Where the customer approves at the gateway, nothing is paid yet.
  if (isBusy && !gateway.isApprovedThere) sayPaying()
  else button.textContent = submitLabel(page.words, page.price, gateway)
}

/** Says on the button that the payment method is being submitted. */
export function sayPaying(): void {
  submitButton(find()!).textContent = submittingLabel(page.words, page.price)
}

/** Prepares the vendor's form of the chosen gateway, and enables the button. */
async function prepareChosen(form: HTMLFormElement): Promise<void> {
  const gateway = chosenGateway(form)
  const retry = byId('retry')!
  const button = submitButton(form)
  byId('card')!.hidden = gatewayOf(gateway).isApprovedThere
  setBusy(form, false)
  retry.hidden = true
  const isChosen = () => chosenGateway(form) === gateway
  const tellProblem = (problem: string) => {
    if (!isChosen()) return
    showAlert(problem)
    retry.hidden = false
  }
  const slow = setTimeout(() => tellProblem(gatewayWords(gateway).slow), slowAfter)
  try {
    await prepare(form, gateway)
    if (!isChosen()) return
    if (!retry.hidden) showAlert('')
    retry.hidden = true
    button.setAttribute('aria-disabled', 'false')
    prepareOthers(form)
  } catch (error) {
    delete prepared[gateway]
    if (error instanceof NotEligible) dropGateway(gateway)
    else tellProblem(gatewayWords(gateway).notLoaded)
  } finally {
    clearTimeout(slow)
  }
}

/** Removes a gateway that turned out to be unusable, and says so. */
export function dropGateway(gateway: GatewayName): void {
  withdraw(find()!, gateway)
  showAlert(gatewayWords(gateway).notEligible)
}

/** Removes gateways that turn out to be unusable before the customer selects them. */
function prepareOthers(form: HTMLFormElement): void {
  for (const gateway of gatewayNames) {
    if (!forms[gateway].isPreparedEarly || !offers(form, gateway) || prepared[gateway]) continue
    prepare(form, gateway).catch((error: unknown) => {
      // When the customer selects it, a failure is shown, and a script that did not load is loaded again.
      if (chosenGateway(form) === gateway) return
      delete prepared[gateway]
      if (error instanceof NotEligible) withdraw(form, gateway)
    })
  }
}

/** Shows another amount or language in the vendors' forms. One that cannot change them is prepared again. */
export function refreshForms(): void {
  for (const gateway of gatewayNames) {
    const { refresh } = forms[gateway]
    if (!refresh) delete prepared[gateway]
    else if (prepared[gateway]) refresh()
  }
}
