import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { customerMessages, type DeclineCode } from '../../domain/payment/declines.ts'
import type { SetupPage } from '../support/world/setup-page.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({
    longestRetryPause: 300,
    paypal: true,
    settings: { declinesPerAddress: 1000, declinesPerOrganization: 1000 },
  })
})
afterAll(() => world.close())

/** The rows of docs/declines.md whose first cell looks so: the document is what is tried. */
function rows(first: RegExp): string[][] {
  const text = readFileSync(new URL('../../docs/declines.md', import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([cell]) => first.test(cell!))
}
const codeOf = (cell: string) => cell.replaceAll('`', '') as DeclineCode

async function answerBank(page: SetupPage): Promise<void> {
  const { body } = await until(
    () => page.progress(),
    ({ body }) => body.action !== undefined,
  )
  world.secrets.add(body.action.client_secret)
  await world.simulate('authenticate', {
    payment_intent: body.action.client_secret.split('_secret_')[0],
    outcome: 'succeed',
  })
  await page.actionCompleted()
}

async function expectMessage(page: SetupPage, code: DeclineCode, button = 'Pay $15.00 and finish'): Promise<void> {
  const { body } = await until(
    () => page.progress(),
    ({ body }) => !body.paying && body.blocked_on === 'customer',
  )
  expect(body.status).toBe('pending')
  expect(body.steps[1].message).toBe(customerMessages[code])
  expect((await page.open()).body).toContain(button)
}

test.each(rows(/^\d[\d ]+$/))('card %s: %s', async (card, bank, message, next) => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(card!.replaceAll(' ', ''))
  if (bank!.startsWith('asks')) await answerBank(page)
  if (next === 'completed') expect(await world.ended(bc)).toBe('completed')
  else await expectMessage(page, codeOf(message!))
  expect((await world.ledger(bc)).charges).toHaveLength(next === 'completed' ? 1 : 0)
})

test.each(rows(/^[a-z_]+$/).filter(([, advice]) => /^(-|[a-z]+_[a-z_]+)$/.test(advice!)))(
  '%s, and the bank advises %s: %s',
  async (code, advice, message) => {
    const { bc, page } = await world.openSetup()
    const advice_code = advice === '-' ? {} : { advice_code: advice! }
    await world.fault('/v1/payment_intents/*/confirm', 'decline', { code: code!, ...advice_code })
    await page.submitCard()
    await expectMessage(page, codeOf(message!))
    expect((await world.billingCustomer(bc)).onboarding.last_error).toBe(codeOf(message!))
    expect((await world.ledger(bc)).charges).toEqual([])
  },
)

test.each(rows(/^[A-Z_]+$/))('PayPal issue %s: %s', async (issue, message) => {
  const { bc, page } = await world.openSetup()
  await world.simulatePayPal('faults', {
    match: { method: 'POST', path: '/v2/checkout/orders' },
    times: message === 'operator' ? 100 : 1,
    fault: 'decline',
    code: issue,
  })
  await page.submitPayPal()
  if (message === 'operator') {
    await until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'operator')
    expect(await world.eventTypes(bc)).toContain('onboarding.needs_person')
    expect((await world.billingCustomer(bc)).needs_person).toMatchObject({ reason: 'gateway_refused', charge_id: null })
  } else await expectMessage(page, codeOf(message!), 'Continue to PayPal')
  expect(await world.payPalCharges(bc)).toEqual([])
  await world.clearPayPalFaults()
})
