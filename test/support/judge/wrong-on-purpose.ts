import type { Refusal } from './independent-judge.ts'

/** A request that a test makes wrong on purpose: the judges must refuse it there, and nowhere else. */
interface WrongOnPurpose {
  test: string
  call: string
  why: string
}

export const wrongOnPurpose: WrongOnPurpose[] = [
  {
    test: 'unless the test sent something wrong on purpose and says so',
    call: 'POST /v1/customers',
    why: 'sends nickname, which no version of Stripe has, to see the judge of the published types complain',
  },
]

/** Splits what was refused in a test: what is not on the list, and what is on it but was not refused. */
export function compare(test: string, refusals: Refusal[]): { refused: Refusal[]; missing: WrongOnPurpose[] } {
  const listed = wrongOnPurpose.filter((wrong) => wrong.test === test)
  return {
    refused: refusals.filter(({ call }) => !listed.some((wrong) => wrong.call === call)),
    missing: listed.filter((wrong) => !refusals.some(({ call }) => call === wrong.call)),
  }
}
