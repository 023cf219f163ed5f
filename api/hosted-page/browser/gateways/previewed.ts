import { gatewayNames, type GatewayName } from '../../../../domain/lifecycle.ts'
import { gatewayOf } from '../page-data.ts'
import { playedState } from '../played-state.ts'
import type { PageAction } from '../../view/model.ts'
import type { GatewayForm } from './gateway-form.ts'

// The vendors' forms in a preview: fields in which nothing can be entered.

const never = new Promise<void>(() => {})

async function drawCardForm(): Promise<void> {
  if (playedState === 'card_not_loaded') throw new Error('the preview shows a card form that does not load')
  const target = document.getElementById('card-form')!
  target.style.cssText = 'display:grid;grid-template-columns:1fr 1fr;gap:1.75rem 0.75rem;padding-block:1.75rem 1rem'
  // A number of Stripe's documentation (https://docs.stripe.com/testing), which no bank has.
  target.replaceChildren(drawField('4242 4242 4242 4242', '1/-1'), drawField('12 / 34'), drawField('123'))
  target.removeAttribute('aria-busy')
  document.getElementById('card-loading')!.hidden = true
}

function drawField(sample: string, columns = 'auto'): HTMLElement {
  const field = document.createElement('div')
  field.textContent = sample
  field.dir = 'ltr'
  field.setAttribute('aria-hidden', 'true')
  const line = 'border:1px solid var(--line);border-radius:var(--corner)'
  field.style.cssText = `grid-column:${columns};height:2.9rem;padding:0.65rem 0.75rem;color:var(--quiet);${line}`
  return field
}

const form = (name: GatewayName): GatewayForm => ({
  async prepare() {
    const { isApprovedThere } = gatewayOf(name)
    if (!isApprovedThere) await drawCardForm()
    return async () => ({})
  },
  forget() {},
  isPreparedEarly: false,
})
export const forms = Object.fromEntries(gatewayNames.map((name) => [name, form(name)]))

const type = 'preview'
export const answers = { [type]: () => never }
/** A question of the bank, which nobody answers. No gateway has this type. */
export const bankAsks = { type, client_secret: '' } as unknown as PageAction
