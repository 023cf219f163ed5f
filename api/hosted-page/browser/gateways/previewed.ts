import type { ClientAction } from '../../../../domain/gateways/list.ts'
import { gatewayNames, type GatewayName } from '../../../../domain/lifecycle.ts'
import { gatewayOf } from '../page-data.ts'
import { playedState } from '../played-state.ts'
import type { GatewayForm } from './gateway-form.ts'

// The vendors' forms in a preview: a frame in which nothing can be entered.

const never = new Promise<void>(() => {})

async function drawCardForm(): Promise<void> {
  if (playedState === 'card_not_loaded') throw new Error('the preview shows a card form that does not load')
  const frame = document.createElement('div')
  frame.style.cssText = 'height:15rem;border:1px dashed var(--line);border-radius:var(--corner)'
  const target = document.getElementById('card-form')!
  target.replaceChildren(frame)
  target.removeAttribute('aria-busy')
  document.getElementById('card-loading')!.hidden = true
}

const form = (name: GatewayName): GatewayForm => ({
  async prepare() {
    const { isApprovedThere } = gatewayOf(name)
    if (!isApprovedThere) await drawCardForm()
    return async () => ({ gateway: name })
  },
  forget() {},
  isPreparedEarly: false,
})
export const forms = Object.fromEntries(gatewayNames.map((name) => [name, form(name)]))

const type = 'preview'
export const answers = { [type]: () => never }
/** A question of the bank, which nobody answers. No gateway has this type. */
export const bankAsks = { type, client_secret: '' } as unknown as ClientAction
