import { ActivityFailure, continueAsNew, log } from '@temporalio/workflow'
import { isIdOf } from '../domain/text/ids.ts'
import { refuseWrong, whyNotDecoded } from './input.ts'
import { watchCharges } from './settle-charge.ts'
import { checkCharge, databaseStep, findUnknownPayments } from './steps.ts'

const listChargesToCheck = databaseStep('listChargesToCheck')
const page = 200
/** A little more than the pause between two rounds, so that nothing falls between them. */
const hours = 3

/**
 * Compares our charges with the gateways': returned or disputed there and not here, paid there and not here, here and
 * not there. Heals what it can, calls a person for the rest, and never charges. `after` is where a longer round goes
 * on.
 */
export async function janitor(after = ''): Promise<{ checked: number; unknown: number; notListed: string[] }> {
  if (after !== '' && (typeof after !== 'string' || !isIdOf('charge', after)))
    refuseWrong(whyNotDecoded(after) ?? 'after: must be left out, or be the id of the last charge of the page before')
  const charges = await listChargesToCheck(after, page)
  for (const charge of charges) {
    try {
      if ((await checkCharge(charge)) === 'refund_pending') await watchCharges([charge])
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error
      log.warn('a charge could not be compared in this round', { charge })
    }
  }
  const last = charges.at(-1)
  if (last && charges.length === page) return continueAsNew<typeof janitor>(last)
  return { checked: charges.length, ...(await findUnknownPayments(hours)) }
}
