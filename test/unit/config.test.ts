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
