import { ActivityFailure, continueAsNew, log } from '@temporalio/workflow'
import { isIdOf } from '../domain/text/ids.ts'
import { refuseWrong, whyNotDecoded } from './input.ts'
import { watchCharges } from './settle-charge.ts'
import { checkCharge, databaseStep, findUnknownPayments } from './steps.ts'

const listChargesToCheck = databaseStep('listChargesToCheck')
const page = 200
/** More than the two hours between two rounds, so that rounds overlap. */
const hours = 3

/**
 * Compares our charges with the gateways: refunds, disputes and payments that only one side has. Corrects the record if
 * possible, reports the rest to operators, and never charges. `after` is the last charge of the previous page.
 */
export async function janitor(after = ''): Promise<{ checked: number; unknown: number; notListed: string[] }> {
  if (after !== '' && (typeof after !== 'string' || !isIdOf('charge', after)))
    refuseWrong(whyNotDecoded(after) ?? 'after: must be omitted, or the id of the last charge of the previous page')
  const charges = await listChargesToCheck(after, page)
  for (const charge of charges) {
    try {
      if ((await checkCharge(charge)) === 'refund_pending') await watchCharges([charge])
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error
      log.warn('a charge could not be compared with its gateway in this round', { charge })
    }
  }
  const last = charges.at(-1)
  if (last && charges.length === page) return continueAsNew<typeof janitor>(last)
  return { checked: charges.length, ...(await findUnknownPayments(hours)) }
}
