import { defaultGateway, type GatewayName } from '../../../domain/lifecycle.ts'

/** The gateway that the customer chose on the form. */
export const chosenGateway = (form: HTMLFormElement) =>
  (new FormData(form).get('gateway') ?? defaultGateway) as GatewayName

const choiceOf = (form: HTMLFormElement, gateway: GatewayName) =>
  form.querySelector<HTMLInputElement>(`input[name="gateway"][value="${gateway}"]`)
/** Whether the customer can choose this gateway. */
export const offers = (form: HTMLFormElement, gateway: GatewayName) => choiceOf(form, gateway) !== null

/** Removes a gateway from the form. If it was selected, the first of the others is selected instead. */
export function withdraw(form: HTMLFormElement, gateway: GatewayName): void {
  const wasChosen = chosenGateway(form) === gateway
  choiceOf(form, gateway)?.closest('label')?.remove()
  // One alone is no choice.
  if (form.querySelectorAll('input[name="gateway"]').length === 1) form.querySelector('fieldset')!.hidden = true
  if (wasChosen) form.querySelector<HTMLInputElement>('input[name="gateway"]')?.click()
}
