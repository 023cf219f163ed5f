import { expect, test } from 'vitest'
import { contactOf, isShortWorkflowId, workflowIdOf, workflowIdsOf } from '../../../domain/onboarding/run.ts'

const contact = { environment: 'sandbox', organizationId: 'org_1', customerId: 'cus_1' } as const

test('the workflow id of a run is the short or the long one of its kind and contact', () => {
  expect(workflowIdOf({ ...contact, hasShortWorkflowId: true })).toBe('onboarding/cus_1')
  expect(workflowIdOf({ ...contact, kind: 'replacement', hasShortWorkflowId: true })).toBe('replacement/cus_1')
  expect(workflowIdOf({ ...contact, hasShortWorkflowId: false })).toBe('onboarding/sandbox/org_1/cus_1')
  expect(workflowIdsOf(contact)).toEqual([
    'onboarding/cus_1',
    'replacement/cus_1',
    'onboarding/sandbox/org_1/cus_1',
    'replacement/sandbox/org_1/cus_1',
  ])
})

test.each([
  ['onboarding/cus_1', { customerId: 'cus_1' }, true],
  ['replacement/cus_1', { customerId: 'cus_1' }, true],
  ['onboarding/sandbox/org_1/cus_1', contact, false],
  ['replacement/sandbox/org_1/cus_1', contact, false],
  ['onboarding/Jane Doe', undefined, undefined],
  ['onboarding/test/org_1/cus_1', undefined, undefined],
  ['onboarding/sandbox/cus_1', undefined, undefined],
  ['onboarding/cus_1/cus_2', undefined, undefined],
  ['money/ch_1', undefined, undefined],
  ['bulk/sandbox/org_1/bulk_1', undefined, undefined],
])('the workflow id %s', (workflowId, expected, isShort) => {
  expect(contactOf(workflowId)).toEqual(expected)
  expect(isShortWorkflowId(workflowId)).toBe(isShort)
})
