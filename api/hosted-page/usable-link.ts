import { isLinkExhausted, openAttempt } from '../../domain/onboarding/onboarding.ts'
import type { OpenedLink } from '../setup/opened-link.ts'

/** Returns whether the link is no longer valid: it expired, was replaced, or its onboarding ended without success. */
export const isGone = ({ standing, onboarding }: OpenedLink) =>
  standing === 'expired' || standing === 'replaced' || (standing === 'over' && onboarding.result !== 'completed')

/** Returns whether the link is open, but has reached its limit of declines. */
export const isExhausted = ({ standing, onboarding, settings }: OpenedLink) =>
  standing === 'open' && !openAttempt(onboarding) && isLinkExhausted(onboarding, settings.attemptsPerLink)
