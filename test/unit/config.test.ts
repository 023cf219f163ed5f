import { expect, test } from 'vitest'
import { readConfig } from '../../config.ts'

const all = {
  DATABASE_URL: 'postgres://localhost/x',
  SETUP_LINK_SECRETS: 'x'.repeat(32),
  STRIPE_TEST_SECRET_KEY: 'sk_test_1',
  STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_1',
  STRIPE_TEST_WEBHOOK_SECRET: 'whsec_1,whsec_2',
}
const parts = ['database', 'links', 'gateways'] as const
const problems = (variables: NodeJS.ProcessEnv) => {
  try {
    readConfig(variables, [...parts])
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('everything that is missing or wrong is said in one message', () => {
  const missing = problems({})
  for (const name of ['DATABASE_URL', 'SETUP_LINK_SECRETS', 'STRIPE_TEST_SECRET_KEY']) expect(missing).toContain(name)
  const wrong = problems({
    ...all,
    PORT: 'x',
    DATABASE_URL: 'mysql://x',
    SETUP_LINK_SECRETS: 'short',
    LOG_LEVEL: 'loud',
  })
  for (const name of ['PORT', 'DATABASE_URL', 'SETUP_LINK_SECRETS', 'LOG_LEVEL']) expect(wrong).toContain(name)
})

test('a key of the other mode is refused, and half an account too', () => {
  expect(problems({ ...all, STRIPE_TEST_SECRET_KEY: 'sk_live_1' })).toContain('STRIPE_TEST_SECRET_KEY')
  expect(problems({ ...all, STRIPE_LIVE_SECRET_KEY: 'sk_test_1' })).toContain('STRIPE_LIVE_SECRET_KEY')
  expect(problems({ ...all, STRIPE_LIVE_SECRET_KEY: 'sk_live_1' })).toContain('STRIPE_LIVE_WEBHOOK_SECRET is missing')
  expect(problems({ ...all, STRIPE_TEST_SECRET_KEY: 'rk_test_1' })).toBe('')
  expect(problems({ ...all, STRIPE_TEST_PUBLISHABLE_KEY: 'rk_test_1' })).toContain('STRIPE_TEST_PUBLISHABLE_KEY')
})

test('a key with blanks around it is taken without them; one with anything invisible inside is named', () => {
  const pasted = { ...all, STRIPE_TEST_SECRET_KEY: ' sk_test_1\n', STRIPE_TEST_WEBHOOK_SECRET: 'whsec_1 ,\twhsec_2\n' }
  const { sandbox } = readConfig(pasted, [...parts]).gateways.stripe
  expect(sandbox).toMatchObject({ secretKey: 'sk_test_1', webhookSecrets: ['whsec_1', 'whsec_2'] })
  const paypal = { PAYPAL_TEST_CLIENT_ID: 'id', PAYPAL_TEST_CLIENT_SECRET: 'secret', PAYPAL_TEST_WEBHOOK_ID: 'WH-1' }
  const keys = { ...all, ...paypal }
  for (const name of Object.keys(keys).filter((key) => /^(STRIPE|PAYPAL)_/.test(key)) as (keyof typeof keys)[])
    for (const bad of ['\n', '\u200b', '\u00a0', ' '])
      expect(problems({ ...keys, [name]: `${keys[name]}${bad}x` }), `${name} ${JSON.stringify(bad)}`).toContain(name)
})

test('an organization key is refused with what to use', () => {
  const refused = problems({ ...all, STRIPE_TEST_SECRET_KEY: 'sk_org_test_1' })
  expect(refused).toContain('STRIPE_TEST_SECRET_KEY is an organization key')
  expect(refused).toContain('secret or restricted key of one account')
})

test('addresses of a vendor are https, except on this machine, and are for the sandbox only', () => {
  expect(problems({ ...all, STRIPE_API_URL: 'http://stripe.example' })).toContain('STRIPE_API_URL')
  const live = {
    STRIPE_LIVE_SECRET_KEY: 'sk_live_1',
    STRIPE_LIVE_PUBLISHABLE_KEY: 'pk_live_1',
    STRIPE_LIVE_WEBHOOK_SECRET: 'whsec_3',
  }
  const config = readConfig(
    { ...all, ...live, STRIPE_API_URL: 'http://127.0.0.1:1', STRIPE_JS_URL: 'http://127.0.0.1:1/s.js' },
    [...parts],
  )
  expect(config.gateways.stripe.sandbox).toMatchObject({
    apiUrl: 'http://127.0.0.1:1',
    jsUrl: 'http://127.0.0.1:1/s.js',
    webhookSecrets: ['whsec_1', 'whsec_2'],
  })
  expect(config.gateways.stripe.live!.apiUrl).toBeUndefined()
  expect(config.gateways.stripe.live!.jsUrl).toBe('https://js.stripe.com/endive/stripe.js')
})

test('an empty value is one that was not given', () => {
  const config = readConfig({ ...all, PORT: '', LINK_LIFE_SECONDS: '' }, [...parts])
  expect([config.port, config.settingDefaults.linkLife]).toEqual([8080, 604_800])
  expect(readConfig({ ...all, REMINDERS_SECONDS: '1,2.5' }, [...parts]).settingDefaults.reminders).toEqual([1, 2.5])
})

test('limits of calls without a key, HSTS and reminders have bounds', () => {
  const config = readConfig({ ...all, HSTS_SECONDS: '31536000' }, [...parts])
  expect([config.rateLimit.failuresPerMinute, config.hstsSeconds]).toEqual([120, 31_536_000])
  expect(readConfig({ ...all, HSTS_SECONDS: '' }, [...parts]).hstsSeconds).toBeUndefined()
  const tooMany = Array(21).fill('60').join(',')
  const wrong = problems({
    ...all,
    HSTS_SECONDS: 'a year',
    RATE_LIMIT_FAILURES_PER_MINUTE: '0',
    REMINDERS_SECONDS: tooMany,
  })
  expect(wrong).toContain('HSTS_SECONDS must be a whole number')
  expect(wrong).toContain('RATE_LIMIT_FAILURES_PER_MINUTE must be from 1')
  expect(wrong).toContain('REMINDERS_SECONDS must be at most 20 numbers')
})
