/** The gateway that the customer chose on the form. */
export const chosenGateway = (form: HTMLFormElement) => String(new FormData(form).get('gateway') ?? 'stripe')

const choiceOf = (form: HTMLFormElement, gateway: string) =>
  form.querySelector<HTMLInputElement>(`input[name="gateway"][value="${gateway}"]`)
/** Whether the customer can choose this gateway. */
export const offers = (form: HTMLFormElement, gateway: string) => choiceOf(form, gateway) !== null

/** Removes PayPal from the form, and selects the card instead if one can be entered. */
export function withdrawPayPal(form: HTMLFormElement): void {
  const wasChosen = chosenGateway(form) === 'paypal'
  choiceOf(form, 'paypal')?.closest('label')?.remove()
  if (wasChosen) choiceOf(form, 'stripe')?.click()
}
