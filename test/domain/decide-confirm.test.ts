import { describe, expect, test } from 'vitest'
import { decideConfirm, type ConfirmSituation } from '../../domain/decide-confirm.ts'

const readings = ['untouched', 'declined', 'needs_customer', 'processing', 'paid', 'dead'] as const
const yesNo = [false, true]
const all: ConfirmSituation[] = readings.flatMap((reading) =>
  yesNo.flatMap((sent) => yesNo.flatMap((tried) => yesNo.map((unusable) => ({ reading, sent, tried, unusable })))),
)

test('money that came is always recorded, and a dead object is always left', () => {
  for (const situation of all.filter(({ reading }) => reading === 'paid'))
    expect(decideConfirm(situation)).toBe('record_paid')
  for (const situation of all.filter(({ reading }) => reading === 'dead'))
    expect(decideConfirm(situation)).toBe('next_object')
})

test('only an object that was read as able to pay, and not tried by this attempt, is confirmed', () => {
  for (const situation of all.filter((each) => decideConfirm(each) === 'confirm')) {
    expect(['untouched', 'declined']).toContain(situation.reading)
    expect(situation.sent && situation.tried).toBe(false)
    expect(situation.unusable).toBe(false)
  }
})

describe('every row', () => {
  const rows: [ConfirmSituation, string][] = [
    [{ reading: 'untouched', sent: false, tried: false, unusable: false }, 'confirm'],
    [{ reading: 'untouched', sent: true, tried: false, unusable: false }, 'confirm'],
    [{ reading: 'untouched', sent: true, tried: true, unusable: false }, 'record_void'],
    [{ reading: 'untouched', sent: true, tried: false, unusable: true }, 'record_void'],
    [{ reading: 'declined', sent: false, tried: false, unusable: false }, 'confirm'],
    [{ reading: 'declined', sent: true, tried: false, unusable: false }, 'confirm'],
    [{ reading: 'declined', sent: true, tried: true, unusable: false }, 'record_declined'],
    [{ reading: 'declined', sent: true, tried: true, unusable: true }, 'record_declined'],
    [{ reading: 'declined', sent: true, tried: false, unusable: true }, 'record_void'],
    [{ reading: 'needs_customer', sent: true, tried: true, unusable: false }, 'wait_for_customer'],
    [{ reading: 'needs_customer', sent: false, tried: false, unusable: false }, 'close_first'],
    [{ reading: 'processing', sent: true, tried: true, unusable: false }, 'wait_for_bank'],
    [{ reading: 'processing', sent: false, tried: false, unusable: false }, 'wait_for_bank'],
  ]
  test.each(rows)('%o leads to %s', (situation, decision) => {
    expect(decideConfirm(situation)).toBe(decision)
  })
})
