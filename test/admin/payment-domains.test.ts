import { expect, test } from 'vitest'
import type { AdminContext } from '../../admin/command.ts'
import { domainCommands } from '../../admin/domains.ts'
import { asLines } from '../../admin/usage.ts'
import { gatewaysFrom } from '../../gateways/from-config.ts'
import { eachWithStripe, returnUrl, simulate, simulator } from '../support/gateways/stripe-gateway.ts'

eachWithStripe()

/** The context of a program with an account in the sandbox. The command does not use the database. */
function context(publicUrl = 'https://pay.example.com', secretKey = 'sk_test_x'): AdminContext {
  const { url: apiUrl } = simulator
  const sandbox = { secretKey, publishableKey: 'pk_test_x', webhookSecrets: [], apiUrl, jsUrl: apiUrl, returnUrl }
  return {
    database: undefined as never,
    settingDefaults: undefined as never,
    gateways: gatewaysFrom({ stripe: { sandbox } }, 20_000),
    publicUrl,
  }
}

const register = (options: Record<string, string>, given = context()) =>
  domainCommands['register-payment-domain']!.run(given, { environment: 'sandbox', ...options })
const refusal = (...args: Parameters<typeof register>) =>
  register(...args).then(
    (answer) => `accepted: ${JSON.stringify(answer)}`,
    ({ param = '', message }: { param?: string; message: string }) => `${param}: ${message}`,
  )

test('registers the host of PUBLIC_URL, however often, and prints a line for each wallet', async () => {
  await simulate('settings', { inactive_on_domains: ['link'] })
  const reason = 'The domain could not be verified (simulated).'
  const lines = asLines(await register({}))
  expect(lines.split('\n')).toEqual([
    'domain: pay.example.com  gateway: stripe  wallet: Apple Pay  status: active  reason: null',
    'domain: pay.example.com  gateway: stripe  wallet: Google Pay  status: active  reason: null',
    `domain: pay.example.com  gateway: stripe  wallet: Link  status: inactive  reason: ${reason}`,
  ])
  expect(asLines(await register({}))).toBe(lines)
  expect(await register({ domain: 'app.example.com' })).toMatchObject({ rows: [{ domain: 'app.example.com' }, {}, {}] })
})

test('without an account, or for a host that is not public, it says what is missing and calls nothing', async () => {
  expect(await refusal({ environment: 'live' })).toBe(
    '--environment: has no account at Stripe: set its keys in the environment variables',
  )
  for (const domain of ['https://pay.example.com', 'pay.example.com/x', 'localhost', '127.0.0.1', 'PAY.example.com'])
    expect(await refusal({ domain })).toMatch(/^--domain: must be the name of a public host, such as pay.example.com/)
  expect(await refusal({}, context('http://localhost:3000'))).toMatch(/^--domain: .*the host of PUBLIC_URL is not$/)
  expect((await simulate('requests')).body.requests).toEqual([])
})

test('shows what Stripe says about a key that may not register domains', async () => {
  await simulate('faults', { match: { method: 'GET', path: '/v1/payment_method_domains' }, fault: 'unauthorized' })
  expect(await refusal({})).toMatch(/Invalid API Key provided: sk_test_x$/)
})
