import type { Refusal } from './independent-judge.ts'

/** An invalid request that a test makes on purpose. The judges must reject it there and only there. */
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

/** Returns rejected requests that are not listed for a test, and listed ones that were not rejected. */
export function compare(test: string, refusals: Refusal[]): { refused: Refusal[]; missing: WrongOnPurpose[] } {
  const listed = wrongOnPurpose.filter((wrong) => wrong.test === test)
  return {
    refused: refusals.filter(({ call }) => !listed.some((wrong) => wrong.call === call)),
    missing: listed.filter((wrong) => !refusals.some(({ call }) => call === wrong.call)),
  }
}
