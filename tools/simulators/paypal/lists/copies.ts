import type { PayPalState } from '../behavior/state.ts'

interface Copies {
  /** The capture to copy. */
  charge: string
  /** The orders are called this and a number from 1, their captures `C` and that. */
  names: string
  count: number
  /** Seconds between two of them: the last one is captured now. */
  apart: number
  /** Whether they name an onboarding, as the original does. */
  named: boolean
}

/** Copies a captured order many times, of which nobody wants to wait for each. */
export function copyCaptured(state: PayPalState, { charge, names, count, apart, named }: Copies): void {
  const { unit, ...order } = state.orderOfCapture(charge)
  const { reference_id, amount } = unit
  const own = named ? unit : { ...(reference_id ? { reference_id } : {}), amount }
  for (let number = 1; number <= count; number++) {
    const created = state.now() - (count - number) * apart
    const id = `${names}${number}`
    const capture = { ...order.capture, id: `C${id}`, created, updated: created, refunds: [] }
    state.putOrder({ ...order, id, unit: own, created, capture })
  }
}
