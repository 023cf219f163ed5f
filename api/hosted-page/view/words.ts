import type { StepName, StepState } from '../../../domain/lifecycle.ts'
import type { NoticeModel, PageModel } from './model.ts'

interface Said {
  headline: string
  /** The text below it, with `role=status`. */
  status: string
}

const settingUp: Record<PageModel['state'], Said> = {
  form: { headline: 'Set up billing', status: '' },
  working: {
    headline: 'Setting up billing',
    status: 'We have your payment method and are working on it. You can leave this page open or come back later.',
  },
  confirm: {
    headline: 'Confirm with your bank',
    status: 'Your bank asks you to confirm this. You have not been charged yet.',
  },
  asked: {
    headline: 'Confirm with your bank',
    status:
      'If you have responded to your bank, this page continues automatically. If not, please open the link that was ' +
      'sent to you.',
  },
  watching: {
    headline: 'Set up billing',
    status: 'To enter a payment method, please open the link that was sent to you.',
  },
  closing: {
    headline: 'This setup is closing',
    status: 'If you have paid, the payment will be refunded.',
  },
  done: {
    headline: 'You are all set',
    status: 'Your payment method is saved and your account is active. You can close this page.',
  },
  active: { headline: 'Billing is set up', status: '' },
  suspended: { headline: 'Billing is paused', status: '' },
}

/**
 * Texts for a customer who is already active and saves another payment method. Nothing is ever charged.
 */
const replacing: Partial<Record<PageModel['state'], Partial<Said>>> = {
  form: { headline: 'Replace your payment method' },
  working: {
    headline: 'Saving your new payment method',
    status:
      'We have your new payment method and are saving it. You can leave this page open or come back later. ' +
      'Nothing is charged.',
  },
  confirm: { status: 'Your bank asks you to confirm this. Nothing is charged.' },
  watching: { headline: 'Replace your payment method' },
  closing: {
    headline: 'This replacement is closing',
    status: 'If it was not completed in time, you keep your current payment method. Nothing is charged.',
  },
  done: { status: 'Your new payment method is saved. You can close this page.' },
}

/** Returns the headline and status of the page in a state, for the server and for the page's script. */
export const wordsOf = (state: PageModel['state'], isReplacing: boolean): Said => ({
  ...settingUp[state],
  ...(isReplacing ? replacing[state] : {}),
})

const stepTitles: Record<StepName, string> = {
  record: 'Setup opened',
  payment_method: 'Payment method',
  initial_charge: 'Initial charge',
  activation: 'Account activated',
  enrollment: 'Enrolled',
}

/** Returns the name of a step on the page. */
export function stepTitle(
  name: StepName,
  { price, itemName, replacing }: Pick<PageModel, 'price' | 'itemName' | 'replacing'>,
): string {
  if (replacing && name === 'record') return 'Replacement opened'
  if (replacing && name === 'payment_method') return 'New payment method'
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

interface Notice {
  title: string
  text: string
  /** Title of the window instead, as the page may be replaced before it is shown. */
  windowTitle?: string
}

const notices: Record<NoticeModel['notice'], Notice> = {
  expired: {
    title: 'This link has expired',
    text: 'Nothing was charged with it. You can ask for a new one; the company that sent it will be notified.',
  },
  replaced: {
    title: 'This link was replaced',
    text:
      'There is a newer link. Please use that one; this one no longer works. If you do not have it, ask ' +
      'the company that sent you this one.',
  },
  exhausted: {
    title: 'This link can no longer be used',
    text:
      'Too many payment methods were declined with it. You have not been charged. You can ask for a new link; ' +
      'the company that sent you this one will be notified.',
  },
  unavailable: {
    title: 'This page cannot be shown right now',
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
  returned: {
    title: 'You can close this window',
    text: 'Your answer has reached your bank. Setup continues automatically; your setup link shows its progress.',
  },
  no_token: {
    title: 'Please open your link again',
    text:
      'This address works only in the tab where you opened your link. ' +
      'Go back to the email or message with the link, and open it again. Nothing is lost.',
    windowTitle: 'Set up billing',
  },
  not_found: {
    title: 'There is nothing here',
    text: 'Please check that you opened the whole link, exactly as you received it.',
  },
}

const unchanged = 'Your payment method stays as it was, and nothing was charged. You do not need to do anything here.'
const noticesOfReplacement: Partial<Record<NoticeModel['notice'], Notice>> = {
  expired: {
    title: 'This link has expired',
    text:
      'Your payment method stays as it was. You can ask for a new link; the company that sent you this one will ' +
      'be notified.',
  },
  exhausted: {
    title: 'This link can no longer be used',
    text:
      'Too many payment methods were declined with it. Yours stays as it was, and nothing was charged. You can ' +
      'ask for a new link; the company that sent you this one will be notified.',
  },
  canceled: { title: 'This replacement was canceled', text: unchanged },
  failed: { title: 'Your payment method could not be replaced', text: unchanged },
}

/** Returns the texts of a page without a form. */
export const noticeOf = ({ notice, replacing }: Pick<NoticeModel, 'notice' | 'replacing'>): Notice =>
  (replacing ? noticesOfReplacement[notice] : undefined) ?? notices[notice]
