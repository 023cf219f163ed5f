import { expect, test } from 'vitest'
import { contentSecurityPolicy, permissionsPolicy } from '../../../api/hosted-page/headers.ts'
import { gatewaysFrom, type GatewayAccounts } from '../../../gateways/from-config.ts'

const urls = {
  vendors: { stripe: 'https://js.stripe.com/endive/stripe.js', paypal: 'https://www.paypal.com/web-sdk/v6/core' },
  simulators: { stripe: 'http://127.0.0.1:4010/stripe.js', paypal: 'http://127.0.0.1:4020/web-sdk/v6/core' },
}
type Name = keyof (typeof urls)['vendors']

async function sidesOf(at: keyof typeof urls, names: Name[]) {
  const { stripe, paypal } = urls[at]
  const accounts: GatewayAccounts = {
    stripe: {
      sandbox: {
        secretKey: 'sk',
        publishableKey: 'pk',
        webhookSecrets: [],
        jsUrl: stripe,
        returnUrl: 'https://p.example',
      },
    },
    paypal: { sandbox: { clientId: 'client', clientSecret: 'secret', webhookId: 'WH', jsUrl: paypal } },
  }
  const gateways = gatewaysFrom(accounts, 1_000)
  const settings = { gatewayAccounts: 'shared', ownAccounts: {} } as const
  const payer = { organizationId: 'org_1', environment: 'sandbox', settings } as const
  return Promise.all(names.map(async (name) => (await gateways.browserSide(payer, name))!))
}

/** Returns the sources of each directive. */
async function directivesOf(at: keyof typeof urls, names: Name[]): Promise<Record<string, string>> {
  const options = {
    sides: await sidesOf(at, names),
    logoUrls: ['https://cdn.example/logo.svg', null],
    embedOrigins: [],
  }
  const parts = contentSecurityPolicy(options, 'n0').split('; ')
  return Object.fromEntries(parts.map((part) => [part.split(' ')[0]!, part.slice(part.indexOf(' ') + 1)]))
}

const fixed = {
  'default-src': "'none'",
  'form-action': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'self'",
}
const stripeScripts = 'https://js.stripe.com https://*.js.stripe.com'
const stripeFrames = `${stripeScripts} https://hooks.stripe.com https://link.com https://*.link.com`
const paypal = 'https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com'
const simulators = 'http://127.0.0.1:4010 http://127.0.0.1:4020'

test.each([
  [
    'vendors',
    ['stripe'],
    {
      'script-src': `'self' ${stripeScripts}`,
      'style-src': "'self' 'nonce-n0'",
      'img-src': "'self' https://cdn.example https://*.link.com",
      'connect-src': "'self' https://api.stripe.com https://link.com https://*.link.com",
      'frame-src': `'self' ${stripeFrames}`,
      'child-src': `'self' ${stripeFrames}`,
    },
  ],
  [
    'vendors',
    ['paypal'],
    {
      'script-src': `'self' ${paypal}`,
      'style-src': `'self' 'nonce-n0' ${paypal}`,
      'img-src': `'self' https://cdn.example ${paypal} data:`,
      'connect-src': `'self' ${paypal}`,
      'frame-src': `'self' ${paypal}`,
      'child-src': `'self' ${paypal}`,
    },
  ],
  [
    'vendors',
    ['stripe', 'paypal'],
    {
      'script-src': `'self' ${stripeScripts} ${paypal}`,
      'style-src': `'self' 'nonce-n0' ${paypal}`,
      'img-src': `'self' https://cdn.example https://*.link.com ${paypal} data:`,
      'connect-src': `'self' https://api.stripe.com https://link.com https://*.link.com ${paypal}`,
      'frame-src': `'self' ${stripeFrames} ${paypal}`,
      'child-src': `'self' ${stripeFrames} ${paypal}`,
    },
  ],
  [
    'simulators',
    ['stripe', 'paypal'],
    {
      'script-src': `'self' ${simulators}`,
      'style-src': "'self' 'nonce-n0' http://127.0.0.1:4020",
      'img-src': "'self' https://cdn.example http://127.0.0.1:4020 data:",
      'connect-src': `'self' ${simulators}`,
      'frame-src': `'self' ${simulators}`,
      'child-src': `'self' ${simulators}`,
    },
  ],
  [
    'vendors',
    [],
    {
      'script-src': "'self'",
      'style-src': "'self' 'nonce-n0'",
      'img-src': "'self' https://cdn.example",
      'connect-src': "'self'",
      'frame-src': "'self'",
      'child-src': "'self'",
    },
  ],
] as [keyof typeof urls, Name[], object][])('the policy of a page with the %s of %j', async (at, names, expected) => {
  expect(await directivesOf(at, names)).toEqual({ ...fixed, ...expected })
})

test.each([
  ['vendors', ['stripe'], '(self "https://js.stripe.com" "https://pay.google.com")'],
  ['vendors', ['stripe', 'paypal'], '(self "https://js.stripe.com" "https://pay.google.com")'],
  ['simulators', ['stripe', 'paypal'], '(self "http://127.0.0.1:4010")'],
  ['vendors', ['paypal'], '()'],
  ['vendors', [], '()'],
] as [keyof typeof urls, Name[], string][])('with the %s of %j, payment=%s', async (at, names, payment) => {
  const policy = permissionsPolicy(await sidesOf(at, names))
  expect(policy).toBe(`payment=${payment}, camera=(), microphone=(), geolocation=()`)
})
