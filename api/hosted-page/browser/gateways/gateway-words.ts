import type { GatewayName } from '../../../../domain/lifecycle.ts'
import { fill } from '../../words/words.ts'
import { gatewayOf, page } from '../page-data.ts'

// What the page says about the form of a gateway: its own, for a card, or the gateway's window.

interface GatewayWords {
  /** From the click until the gateway returned the payment method. */
  asking: string
  /** While that is submitted. */
  submitting: string
  /** The form takes long to load, cannot be loaded or used, or the customer canceled. */
  slow: string
  notLoaded: string
  notEligible: string
  notApproved: string
}

/** Returns the sentences about a gateway. */
export function gatewayWords(name: GatewayName): GatewayWords {
  const { status, alerts } = page.words
  const { title, isApprovedThere } = gatewayOf(name)
  const named = (sentence: string) => fill(sentence, { gateway: title })
  return {
    asking: isApprovedThere ? named(status.atGateway) : status.sendingCard,
    submitting: isApprovedThere ? status.sending : status.sendingCard,
    slow: isApprovedThere ? named(alerts.gatewayNotLoaded) : alerts.cardSlow,
    notLoaded: isApprovedThere ? named(alerts.gatewayNotLoaded) : alerts.cardNotLoaded,
    notEligible: named(alerts.gatewayNotEligible),
    notApproved: named(alerts.gatewayNotApproved),
  }
}
