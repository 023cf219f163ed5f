import { mkdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { launchBrowser } from './browser.ts'

// Takes the screenshots of Temporal UI for the docs from a running local stack: `npm start` with a RUNBOOK_URL, then
// `npx tsx tools/scripts/screenshots.ts`. The packaged browser has no font for the marks of the checklist. The last
// picture makes the stack's Stripe key invalid: delete `.local` afterwards. Of the hosted page: `page-pictures.ts`.

const ready = JSON.parse(readFileSync(`${process.env.LOCAL_DIR || '.local'}/ready.json`, 'utf8')) as Record<
  string,
  string
>
const folder = new URL('../../docs/images/', import.meta.url).pathname
mkdirSync(folder, { recursive: true })
const browser = await launchBrowser()

interface Call {
  method?: string
  body?: object
}

async function call<Answer>(url: string, { method = 'POST', body }: Call = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { Authorization: `Bearer ${ready.secret_key}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return (await response.json()) as Answer
}

/** Opens an onboarding. */
async function open() {
  const contact_id = `pictured-${Math.random().toString(36).slice(2)}`
  const body = { contact_id, billable_item_id: ready.item_id }
  return call<{ id: string; setup_url: string }>(`${ready.api_url}/v1/billing_customers`, { body })
}

/** Submits a card on the hosted page. Returns once it is recorded. */
async function submitCard({ id, setup_url }: { id: string; setup_url: string }, number: string): Promise<void> {
  const page = await browser.newPage({ locale: 'en-US' })
  await page.goto(setup_url)
  const form = page.frameLocator('#card-form iframe')
  await form.getByLabel('Card number').fill(number)
  await form.getByLabel('Expiration date').fill('12 / 34')
  await form.getByLabel('Security code').fill('123')
  await page.getByRole('button', { name: /finish/ }).click()
  await until(id, (onboarding) => attemptsOf(onboarding) > 0)
  await page.close()
}

interface Onboarding {
  status: string
  blocked_on: string | null
  workflow_url: string
  steps: { name: string; attempts: number }[]
}
const attemptsOf = ({ steps }: Onboarding) => steps.find(({ name }) => name === 'payment_method')!.attempts

/** Reads an onboarding until it is in a state. */
async function until(bc: string, isReached: (onboarding: Onboarding) => boolean): Promise<Onboarding> {
  for (;;) {
    const url = `${ready.api_url}/v1/billing_customers/${bc}`
    const { onboarding } = await call<{ onboarding: Onboarding }>(url, { method: 'GET' })
    if (isReached(onboarding)) return onboarding
    await sleep(500)
  }
}

/** Takes a picture of the page of a run: its timeline, or its details. */
async function picture(name: string, { workflow_url }: Onboarding, shows: 'timeline' | 'details'): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1300, height: shows === 'details' ? 1_100 : 1_150 } })
  await page.goto(workflow_url)
  await page.getByText('Event History').first().waitFor()
  if (shows === 'details') {
    await page.getByText('User Metadata').click()
    await page.frameLocator('iframe[src*="Status"]').getByText('Initial charge').waitFor() // drawn in its own frame
  }
  await sleep(2_000)
  await page.screenshot({ path: `${folder}${name}.png` })
  await page.close()
}

const completed = await open()
await submitCard(completed, '4242424242424242')
await picture('temporal-ui', await until(completed.id, ({ status }) => status === 'completed'), 'details')

const declined = await open()
await submitCard(declined, '4000000000009995')
await picture(
  'temporal-ui-declined',
  await until(declined.id, ({ blocked_on }) => blocked_on === 'customer'),
  'timeline',
)

const fault = { match: { method: 'POST', path: '/v1/payment_intents/*/confirm' }, times: 1, fault: 'delay' }
await call(`${ready.stripe_url}/_sim/faults`, { body: { ...fault, delay_ms: 5_000 } })
const canceled = await open()
await submitCard(canceled, '4242424242424242')
// The fault is used up once the bank is asked.
const faults = () => call<{ faults: object[] }>(`${ready.stripe_url}/_sim/faults`, { method: 'GET' })
while ((await faults()).faults.length > 0) await sleep(100)
await call(`${ready.api_url}/v1/billing_customers/${canceled.id}/cancel`, { body: { reason: 'asked by phone' } })
await picture('temporal-ui-refunded', await until(canceled.id, ({ status }) => status === 'canceled'), 'timeline')

// The last one: from now on the gateway rejects the key of the stack.
const blocked = await open()
await call(`${ready.stripe_url}/_sim/keys/roll`, { body: { key: 'sk_test_simulator' } })
await submitCard(blocked, '4242424242424242')
const waiting = await until(blocked.id, ({ blocked_on }) => blocked_on === 'operator')
await picture('temporal-ui-blocked', waiting, 'timeline')
await picture('temporal-ui-what-to-do', waiting, 'details')
await browser.close()
