import { mkdirSync, readFileSync } from 'node:fs'
import { launchBrowser } from './browser.ts'

// Takes the screenshot of Temporal UI for the docs from a running local stack: `npm start`, then
// `npx tsx tools/scripts/screenshots.ts`. Those of the hosted page: `page-pictures.ts`.

const ready = JSON.parse(readFileSync(`${process.env.LOCAL_DIR || '.local'}/ready.json`, 'utf8')) as Record<
  string,
  string
>
const folder = new URL('../../docs/images/', import.meta.url).pathname
mkdirSync(folder, { recursive: true })
const browser = await launchBrowser()

async function enterCard(page: Awaited<ReturnType<typeof browser.newPage>>, number: string) {
  const form = page.frameLocator('#card-form iframe')
  await form.getByLabel('Card number').fill(number)
  await form.getByLabel('Expiration date').fill('12 / 34')
  await form.getByLabel('Security code').fill('123')
}

const phone = await browser.newPage({ locale: 'en-US' })
await phone.goto(ready.setup_url!)
await enterCard(phone, '4242424242424242')
await phone.getByRole('button', { name: /finish/ }).click()
await phone.getByRole('heading', { name: 'You are all set' }).waitFor()

const bc = new URL(ready.setup_url!).pathname.split('/').at(-1)
const customer = (await (
  await fetch(`${ready.api_url}/v1/billing_customers/${bc}`, {
    headers: { Authorization: `Bearer ${ready.secret_key}` },
  })
).json()) as {
  onboarding: { workflow_url: string }
}
const desktop = await browser.newPage({ viewport: { width: 1300, height: 900 } })
await desktop.goto(customer.onboarding.workflow_url)
await desktop.getByText('Completed').first().waitFor()
await desktop.getByText('User Metadata').click()
await desktop.frameLocator('iframe[src*="Status"]').getByText('Initial charge').waitFor() // drawn in a frame of its own
await desktop.waitForTimeout(1_000)
await desktop.screenshot({ path: `${folder}temporal-ui.png` })
await browser.close()
