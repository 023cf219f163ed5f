import { describe, expect, test } from 'vitest'
import {
  decideOneStep,
  decideConfirm,
  isSpoiled,
  type OneStepSituation,
  type ConfirmSituation,
  type TriesSoFar,
} from '../../../domain/payment/decide-confirm.ts'

const readings = ['untouched', 'declined', 'needs_customer', 'processing', 'paid', 'dead'] as const
const yesNo = [false, true]
const all: ConfirmSituation[] = readings.flatMap((reading) =>
  yesNo.flatMap((sent) =>
    yesNo.flatMap((tried) =>
      yesNo.flatMap((unusable) =>
        yesNo.map((customerWanted) => ({ reading, sent, tried, unusable, customerWanted, exhausted: false })),
      ),
    ),
  ),
)

test('always records a payment that succeeded, and always leaves a dead object', () => {
  for (const situation of all.filter(({ reading }) => reading === 'paid'))
    expect(decideConfirm(situation)).toBe('record_paid')
  for (const situation of all.filter(({ reading }) => reading === 'dead'))
    expect(decideConfirm(situation)).toBe('next_object')
})

test('if the submitted object no longer exists, the customer must submit again', () => {
  for (const situation of all.filter(({ reading }) => reading === 'dead'))
    expect(decideConfirm({ ...situation, isSubmission: true })).toBe('record_void')
})

test('confirms only an object that was read as payable and that this attempt has not tried', () => {
  for (const situation of all.filter((each) => decideConfirm(each) === 'confirm')) {
    expect(['untouched', 'declined']).toContain(situation.reading)
    expect(situation.sent && situation.tried).toBe(false)
    expect(situation.unusable).toBe(false)
  }
})

test('asks the customer only after a confirmation without them was declined for that reason', () => {
  for (const situation of all.filter((each) => decideConfirm(each) === 'confirm_with_customer'))
    expect(situation).toMatchObject({ reading: 'declined', sent: true, tried: true, customerWanted: true })
})

test('closes a spoiled object first, whatever its state', () => {
  for (const situation of all) expect(decideConfirm({ ...situation, spoiled: true })).toBe('close_first')
})

describe('an object is spoiled for an attempt', () => {
  const kept: TriesSoFar = {
    sent: false,
    attached: true,
    customerPresent: false,
    challenge: false,
    kind: 'payment',
    keptForLater: true,
    declined: false,
    offSessionPreventsSaving: true,
  }
  const triedWithout: TriesSoFar = { ...kept, attached: false, keptForLater: false, declined: true }
  const rows: [string, TriesSoFar, boolean][] = [
    ['without its customer, where one was kept for later', kept, true],
    ['without its customer, where none was kept for later', { ...kept, keptForLater: false }, false],
    ['that asks for 3-D Secure', { ...kept, challenge: true }, false],
    ['with its customer', { ...kept, customerPresent: true }, false],
    ['that was sent to it', { ...kept, sent: true }, false],
    ['that is to be saved, where one was declined without its customer', triedWithout, true],
    ['that is to be saved, where one was declined with its customer', { ...triedWithout, keptForLater: true }, false],
    ['that is to be saved, where nothing was declined', { ...triedWithout, declined: false }, false],
    ['that is to be saved where nothing is charged', { ...triedWithout, kind: 'setup' }, false],
    [
      'that is to be saved, at a gateway that does not mind',
      { ...triedWithout, offSessionPreventsSaving: false },
      false,
    ],
    ['that is to be saved and was sent to it', { ...triedWithout, sent: true }, false],
  ]
  test.each(rows)('%s', (_, tries, spoiled) => expect(isSpoiled(tries)).toBe(spoiled))
})

describe('every row', () => {
  const rows: [ConfirmSituation, string][] = [
    [
      { reading: 'declined', sent: false, tried: false, unusable: false, customerWanted: false, exhausted: true },
      'next_object',
    ],
    [
      { reading: 'declined', sent: true, tried: true, unusable: false, customerWanted: false, exhausted: true },
      'record_declined',
    ],
    [
      { reading: 'untouched', sent: false, tried: false, unusable: false, customerWanted: false, exhausted: false },
      'confirm',
    ],
    [
      { reading: 'untouched', sent: true, tried: false, unusable: false, customerWanted: false, exhausted: false },
      'confirm',
    ],
    [
      { reading: 'untouched', sent: true, tried: true, unusable: false, customerWanted: false, exhausted: false },
      'record_void',
    ],
    [
      { reading: 'untouched', sent: true, tried: false, unusable: true, customerWanted: false, exhausted: false },
      'record_void',
    ],
    [
      { reading: 'declined', sent: false, tried: false, unusable: false, customerWanted: false, exhausted: false },
      'confirm',
    ],
    [
      { reading: 'declined', sent: true, tried: false, unusable: false, customerWanted: false, exhausted: false },
      'confirm',
    ],
    [
      { reading: 'declined', sent: true, tried: true, unusable: false, customerWanted: false, exhausted: false },
      'record_declined',
    ],
    [
      { reading: 'declined', sent: true, tried: true, unusable: false, customerWanted: true, exhausted: false },
      'confirm_with_customer',
    ],
    [
      { reading: 'declined', sent: true, tried: true, unusable: true, customerWanted: false, exhausted: false },
      'record_declined',
    ],
    [
      { reading: 'declined', sent: true, tried: false, unusable: true, customerWanted: false, exhausted: false },
      'record_void',
    ],
    [
      { reading: 'needs_customer', sent: true, tried: true, unusable: false, customerWanted: false, exhausted: false },
      'wait_for_customer',
    ],
    [
      {
        reading: 'needs_customer',
        sent: false,
        tried: false,
        unusable: false,
        customerWanted: false,
        exhausted: false,
      },
      'close_first',
    ],
    [
      { reading: 'processing', sent: true, tried: true, unusable: false, customerWanted: false, exhausted: false },
      'wait_for_bank',
    ],
    [
      { reading: 'processing', sent: false, tried: false, unusable: false, customerWanted: false, exhausted: false },
      'wait_for_bank',
    ],
  ]
  test.each(rows)('%o leads to %s', (situation, decision) => {
    expect(decideConfirm(situation)).toBe(decision)
  })
})

describe('created and paid in one call', () => {
  const answers: OneStepSituation['answer'][] = [
    'none_yet',
    'an_object',
    'declined',
    'unusable',
    'refused',
    'contradiction',
    'unclear',
  ]
  const situations = answers.flatMap((answer) =>
    yesNo.flatMap((askedBefore) => yesNo.map((remembered) => ({ answer, askedBefore, remembered }))),
  )

  test('resends nothing once its key may have expired; uses another key only if nothing was sent before', () => {
    for (const situation of situations.filter((each) => decideOneStep(each) === 'ask'))
      expect(situation.remembered || !situation.askedBefore).toBe(true)
    for (const situation of situations.filter((each) => decideOneStep(each) === 'next_object'))
      expect(situation).toMatchObject({ answer: 'refused', askedBefore: false })
  })

  test('always reads a response with an id', () => {
    for (const situation of situations.filter(({ answer }) => answer === 'an_object'))
      expect(decideOneStep(situation)).toBe('read_object')
  })

  test.each<[OneStepSituation['answer'], boolean, boolean, string]>([
    ['none_yet', false, true, 'ask'],
    ['none_yet', true, true, 'ask'],
    ['none_yet', true, false, 'ask_person'],
    ['an_object', true, true, 'read_object'],
    ['declined', false, true, 'record_declined'],
    ['declined', true, true, 'record_declined'],
    ['unusable', true, true, 'record_void'],
    ['refused', false, true, 'next_object'],
    ['refused', true, true, 'ask_again'],
    ['contradiction', false, true, 'ask_person'],
    ['contradiction', true, true, 'ask_person'],
    ['unclear', false, true, 'ask_again'],
    ['unclear', true, true, 'ask_again'],
  ])('%s, asked before %s, remembered %s: %s', (answer, askedBefore, remembered, decision) => {
    expect(decideOneStep({ answer, askedBefore, remembered })).toBe(decision)
  })
})
