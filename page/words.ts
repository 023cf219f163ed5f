import type { StepName, StepState } from '../domain/lifecycle.ts'
import type { NoticeModel } from './model.ts'

const stepTitles: Record<StepName, string> = {
  record: 'Setup opened',
  payment_method: 'Payment method',
  initial_charge: 'Initial charge',
  activation: 'Account activated',
  enrollment: 'Enrolled',
}

/** What a step is called on the page. */
export function stepTitle(
  name: StepName,
  { price, itemName }: { price: string | null; itemName: string | null },
): string {
  if (name === 'initial_charge' && price) return `Initial charge of ${price}`
  if (name === 'enrollment' && itemName) return `Enrolled in ${itemName}`
  return stepTitles[name]
}

export const stateWords: Record<StepState, string> = {
  waiting: 'to do',
  running: 'in progress',
  done: 'done',
  skipped: 'not needed',
  failed: 'stopped',
}

/** The honest words of the pages that have no form. */
export const notices: Record<NoticeModel['notice'], { title: string; text: string }> = {
  expired: {
    title: 'This link has expired',
    text: 'Nothing was charged with it. You can ask for a new one; the company that sent you this link will be told.',
  },
  replaced: {
    title: 'This link was replaced',
    text: 'There is a newer link. Please use that one; this one does nothing any more. If you do not have it, ask the company that sent you this one.',
  },
  exhausted: {
    title: 'This link cannot be used any more',
    text: 'Too many payment methods were declined with it. You have not been charged. You can ask for a new link; the company that sent you this one will be told.',
  },
  unavailable: {
    title: 'This page cannot be shown just now',
    text: 'Nothing was changed, and your link stays valid. Please try again in a minute.',
  },
  canceled: {
    title: 'This setup was canceled',
    text: 'If you had already paid, the payment is being returned to you. You do not need to do anything here.',
  },
  failed: {
    title: 'This setup could not be finished',
    text: 'If you had already paid, the payment is being returned to you. You do not need to do anything here.',
  },
  not_found: {
    title: 'There is nothing here',
    text: 'Please check that you opened the whole link, exactly as you received it.',
  },
}
