import { expect, test } from 'vitest'
import { readConfig } from '../../runtime/config.ts'
import { all, parts, problems } from './problems.ts'

test('one message lists everything that is missing or invalid', () => {
  const missing = problems({})
  for (const name of ['DATABASE_URL', 'SETUP_LINK_SECRETS', 'STRIPE_TEST_SECRET_KEY', 'WEBHOOK_SECRET_KEYS'])
    expect(missing).toContain(name)
  const wrong = problems({
    ...all,
    PORT: 'x',
    DATABASE_URL: 'mysql://x',
    SETUP_LINK_SECRETS: 'short',
    LOG_LEVEL: 'loud',
  })
  for (const name of ['PORT', 'DATABASE_URL', 'SETUP_LINK_SECRETS', 'LOG_LEVEL']) expect(wrong).toContain(name)
  // Missing and invalid variables are listed together, each once.
  const both = problems({
    PORT: 'x',
    STRIPE_TEST_SECRET_KEY: 'sk_live_1',
    NODE_ENV: 'production',
    TEMPORAL_TLS: 'maybe',
  })
  expect(both.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
    ...['Invalid', 'PORT', 'TEMPORAL_TLS', 'STRIPE_TEST_SECRET_KEY', 'DATABASE_URL', 'SETUP_LINK_SECRETS'],
    ...['WEBHOOK_SECRET_KEYS', 'TEMPORAL_ADDRESS', 'PUBLIC_URL'],
  ])
})

test('a key of the other mode and an incomplete account are rejected', () => {
  expect(problems({ ...all, STRIPE_TEST_SECRET_KEY: 'sk_live_1' })).toContain('STRIPE_TEST_SECRET_KEY')
  expect(problems({ ...all, STRIPE_LIVE_SECRET_KEY: 'sk_test_1' })).toContain('STRIPE_LIVE_SECRET_KEY')
  expect(problems({ ...all, STRIPE_LIVE_SECRET_KEY: 'sk_live_1' })).toContain('STRIPE_LIVE_WEBHOOK_SECRET is missing')
  expect(problems({ ...all, STRIPE_TEST_SECRET_KEY: 'rk_test_1' })).toBe('')
  // The message names what is set: one of the three, or two.
  expect(
    problems({ ...all, PAYPAL_TEST_CLIENT_ID: 'id' })
      .split('\n')
      .slice(1),
  ).toEqual([
    '  PAYPAL_TEST_CLIENT_SECRET is missing: PAYPAL_TEST_CLIENT_ID is set',
    '  PAYPAL_TEST_WEBHOOK_ID is missing: PAYPAL_TEST_CLIENT_ID is set',
  ])
  expect(problems({ ...all, PAYPAL_LIVE_CLIENT_ID: 'id', PAYPAL_LIVE_WEBHOOK_ID: 'w' })).toContain(
    'PAYPAL_LIVE_CLIENT_SECRET is missing: PAYPAL_LIVE_CLIENT_ID and PAYPAL_LIVE_WEBHOOK_ID are set',
  )
  expect(problems({ ...all, STRIPE_LIVE_PUBLISHABLE_KEY: 'pk_live_1' })).toContain(
    'STRIPE_LIVE_SECRET_KEY is missing: STRIPE_LIVE_PUBLISHABLE_KEY is set',
  )
  expect(problems({ ...all, STRIPE_TEST_PUBLISHABLE_KEY: 'rk_test_1' })).toContain('STRIPE_TEST_PUBLISHABLE_KEY')
})

test('whitespace around a key is removed; an invisible character inside is reported', () => {
  const pasted = { ...all, STRIPE_TEST_SECRET_KEY: ' sk_test_1\n', STRIPE_TEST_WEBHOOK_SECRET: 'whsec_1 ,\twhsec_2\n' }
  const { sandbox } = readConfig(pasted, parts).gateways.stripe
  expect(sandbox).toMatchObject({ secretKey: 'sk_test_1', webhookSecrets: ['whsec_1', 'whsec_2'] })
  const paypal = { PAYPAL_TEST_CLIENT_ID: 'id', PAYPAL_TEST_CLIENT_SECRET: 'secret', PAYPAL_TEST_WEBHOOK_ID: 'WH-1' }
  const keys = { ...all, ...paypal }
  for (const name of Object.keys(keys).filter((key) => /^(STRIPE|PAYPAL)_/.test(key)) as (keyof typeof keys)[])
    for (const bad of ['\n', '\u200b', '\u00a0', ' '])
      expect(problems({ ...keys, [name]: `${keys[name]}${bad}x` }), `${name} ${JSON.stringify(bad)}`).toContain(name)
})

test('the customers of an account are proven to be an organization’s, or its alone', () => {
  const ownership = (stated: string) =>
    readConfig({ ...all, STRIPE_TEST_CUSTOMER_OWNERSHIP: stated }, parts).gateways.stripe.sandbox?.ownership
  expect(['', 'proven', 'exclusive'].map(ownership)).toEqual(['proven', 'proven', 'exclusive_while_alone'])
  expect(problems({ ...all, STRIPE_TEST_CUSTOMER_OWNERSHIP: 'mine' })).toContain(
    'STRIPE_TEST_CUSTOMER_OWNERSHIP must be proven, or exclusive if the account belongs to one organization alone',
  )
})

test('an organization key is rejected with an alternative', () => {
  const refused = problems({ ...all, STRIPE_TEST_SECRET_KEY: 'sk_org_test_1' })
  expect(refused).toContain('STRIPE_TEST_SECRET_KEY is an organization key')
  expect(refused).toContain('secret or restricted key of one account')
})

const live = {
  STRIPE_LIVE_SECRET_KEY: 'sk_live_1',
  STRIPE_LIVE_PUBLISHABLE_KEY: 'pk_live_1',
  STRIPE_LIVE_WEBHOOK_SECRET: 'whsec_3',
}
const served = { TEMPORAL_ADDRESS: 'temporal:7233', PUBLIC_URL: 'https://pay.example.com' }

test('vendor URLs apply only to the sandbox', () => {
  const config = readConfig(
    { ...all, ...live, ...served, STRIPE_API_URL: 'http://127.0.0.1:1', STRIPE_JS_URL: 'http://127.0.0.1:1/s.js' },
    parts,
  )
  expect(config.gateways.stripe.sandbox).toMatchObject({
    apiUrl: 'http://127.0.0.1:1',
    jsUrl: 'http://127.0.0.1:1/s.js',
    webhookSecrets: ['whsec_1', 'whsec_2'],
  })
  expect(config.gateways.stripe.live!.apiUrl).toBeUndefined()
  expect(config.gateways.stripe.live!.jsUrl).toBe('https://js.stripe.com/endive/stripe.js')
})

test('loopback defaults are rejected in production by the programs that use them', () => {
  for (const production of [{ NODE_ENV: 'production' }, live]) {
    const message = problems({ ...all, ...production })
    for (const name of ['TEMPORAL_ADDRESS', 'PUBLIC_URL']) expect(message).toContain(`${name} is missing`)
    expect(problems({ ...all, ...production, ...served })).toBe('')
    expect(problems({ ...all, ...production }, ['database'])).toBe('')
  }
  expect(problems({ ...all, ...live, ...served, PUBLIC_URL: 'http://pay.example.com' })).toContain(
    'PUBLIC_URL must be https',
  )
  expect(problems({ ...all, ...live, ...served, PUBLIC_URL: 'http://127.0.0.1:8080' })).toBe('')
  const { temporal, publicUrl } = readConfig(all, parts)
  expect([temporal.address, publicUrl]).toEqual(['127.0.0.1:7233', 'http://127.0.0.1:8080'])
})

test.each([
  ['HTTPS://Pay.Example.com:443/', 'https://pay.example.com'],
  ['https://b\u00fccher.example', 'https://xn--bcher-kva.example'],
  ['http://127.0.0.1:80', 'http://127.0.0.1'],
  [' https://pay.example.com:8443 ', 'https://pay.example.com:8443'],
])('links begin with the origin of %s, as browsers and gateways write it', (given, origin) => {
  const read = (name: string) => readConfig({ ...all, ...served, [name]: given }, parts)
  expect(read('PUBLIC_URL').publicUrl).toBe(origin)
})

test('what is pasted along with the URL or the password of the database is no part of it', () => {
  const read = (env: NodeJS.ProcessEnv) => readConfig({ ...all, ...env }, parts).databaseUrl
  expect(read({ DATABASE_URL: ' postgres://u:p@h/d\n' })).toBe('postgres://u:p@h/d')
  expect(read({ DATABASE_URL: 'postgres://u@h/d', DATABASE_PASSWORD: ' a b\t\r\n' })).toBe(
    'postgres://u:%20a%20b%09@h/d',
  )
})

test('an empty value counts as unset', () => {
  const config = readConfig({ ...all, PORT: '', LINK_LIFE_SECONDS: '' }, parts)
  expect([config.port, config.settingDefaults.linkLife]).toEqual([8080, 604_800])
  expect(readConfig({ ...all, REMINDERS_SECONDS: '1,2.5' }, parts).settingDefaults.reminders).toEqual([1, 2.5])
})

test('link secrets are accepted in both orders during a rotation', () => {
  const [before, after] = ['b'.repeat(32), 'a'.repeat(32)]
  const secretsOf = (text: string) => readConfig({ ...all, SETUP_LINK_SECRETS: text }, parts).setupLinkSecrets
  expect(secretsOf(`${before},${after}`)).toEqual([before, after])
  expect(secretsOf(`${after},${before}`)).toEqual([after, before])
})

test('HSTS, reminders and the limit of calls without a key have bounds', () => {
  const config = readConfig({ ...all, HSTS_SECONDS: '31536000' }, parts)
  expect([config.rateLimit.failuresPerMinute, config.hstsSeconds]).toEqual([120, 31_536_000])
  expect(readConfig({ ...all, HSTS_SECONDS: '' }, parts).hstsSeconds).toBeUndefined()
  const tooMany = Array(21).fill('60').join(',')
  const wrong = problems({
    ...all,
    HSTS_SECONDS: 'a year',
    RATE_LIMIT_FAILURES_PER_MINUTE: '0',
    REMINDERS_SECONDS: tooMany,
  })
  expect(wrong).toContain('HSTS_SECONDS must be a whole number')
  expect(wrong).toContain('RATE_LIMIT_FAILURES_PER_MINUTE must be a whole number from 1')
  expect(wrong).toContain('REMINDERS_SECONDS must be a list of at most 20 times')
})

test.each(['LIVE', 'TEST'])('the secret of the endpoint for connected accounts needs the account: %s', (mode) => {
  const { STRIPE_TEST_SECRET_KEY, STRIPE_TEST_PUBLISHABLE_KEY, STRIPE_TEST_WEBHOOK_SECRET, ...rest } = all
  const paypal = { PAYPAL_TEST_CLIENT_ID: 'c', PAYPAL_TEST_CLIENT_SECRET: 's', PAYPAL_TEST_WEBHOOK_ID: 'w' }
  const name = `STRIPE_${mode}_CONNECT_WEBHOOK_SECRET`
  expect(problems({ ...rest, ...paypal, [name]: 'whsec_1' })).toBe(
    `Invalid environment variables:\n  STRIPE_${mode}_SECRET_KEY is missing: ${name} is set, which is for that account`,
  )
  const account = { STRIPE_TEST_SECRET_KEY, STRIPE_TEST_PUBLISHABLE_KEY, STRIPE_TEST_WEBHOOK_SECRET }
  expect(problems({ ...rest, ...account, STRIPE_TEST_CONNECT_WEBHOOK_SECRET: 'whsec_1' })).toBe('')
})
