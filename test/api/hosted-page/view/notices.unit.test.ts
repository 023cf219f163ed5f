import { expect, test } from 'vitest'
import type { AttemptFacts } from '../../../../domain/onboarding/onboarding.ts'
import type { TenantSettings } from '../../../../domain/tenant/settings.ts'
import { noticeModel } from '../../../../api/hosted-page/notice-model.ts'
import { sampleLink } from '../../../../api/hosted-page/preview/sample-link.ts'
import { noticeOf } from '../../../../api/hosted-page/view/states.ts'
import { english } from '../../../../api/hosted-page/words/en.ts'
import { languages } from '../../../../api/hosted-page/words/languages.ts'
import type { Brand } from '../../../../store/tenants/brands.ts'

const brand = { id: 'br', organizationId: 'org', environment: 'sandbox', name: 'Northwind' } as Brand
const attempt: AttemptFacts = {
  number: 1,
  source: 'page',
  linkVersion: 1,
  state: 'declined',
  code: null,
  bankAsked: true,
  onForm: false,
  createdAt: new Date(),
  closedAt: new Date(),
}

/** Returns the text of the page of an expired link whose onboarding has an attempt in a state. */
function textOf(state: AttemptFacts['state'], isEnded = true, paidLate = false): string {
  const link = sampleLink({ brand, settings: {} as TenantSettings, state: 'expired', kind: 'onboarding' })
  const endedAt = isEnded ? new Date() : null
  const onboarding = { ...link.onboarding, attempts: [{ ...attempt, state }], closing: 'expired' as const, endedAt }
  const model = noticeModel({ ...link, onboarding }, languages[0], { newLinkAsked: false, paidLate })
  return noticeOf(model, english).text
}

test('the page of an expired link says of the payment only what is known', () => {
  expect(textOf('declined')).toMatch(/^You have not been charged\. You can ask for a new link/)
  expect(textOf('declined', true, true)).toMatch(/^Your payment is being returned to you\. You can ask for a new link/)
  expect(textOf('paid')).toMatch(/^Your payment is being returned to you\./)
  const unknown = 'If you have paid, your payment is completed or returned to you.'
  expect([textOf('processing', false), textOf('paid', false), textOf('abandoned')]).toEqual(Array(3).fill(unknown))
})
