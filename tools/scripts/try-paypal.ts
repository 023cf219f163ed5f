import { readArguments } from '../../runtime/arguments.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { OurMetadata } from '../../domain/payment/payment-object.ts'
import { isTrusted, parseChain } from '../../gateways/paypal/certificates.ts'
import { openPayPal } from '../../gateways/paypal/client.ts'
import { paypalGateway } from '../../gateways/paypal/paypal-gateway.ts'

// Tests in PayPal's sandbox what its documentation leaves open. docs/going-live.md explains each result. No real money
// moves.

const usage = `npx tsx tools/scripts/try-paypal.ts <command>

  Requires PAYPAL_TEST_CLIENT_ID and PAYPAL_TEST_CLIENT_SECRET of a sandbox app.

  rights                                  shows what the app is allowed to do
  save                                    saves a wallet: open the printed URL and approve
  pay --wallet <id> [--flow single_step|two_step] [--payer present|away] [--currency USD] [--amount 1500]
  dispute --order <id>                    shows whether an order is disputed
  certificate --url <paypal-cert-url>     shows whether this machine trusts the certificate of an event`

const { positionals, values } = readArguments(usage, {
  allowPositionals: true,
  options: {
    wallet: { type: 'string', default: '' },
    flow: { type: 'string', default: 'single_step' },
    payer: { type: 'string', default: 'present' },
    currency: { type: 'string', default: 'USD' },
    amount: { type: 'string', default: '1500' },
    order: { type: 'string', default: '' },
    url: { type: 'string', default: '' },
  },
})
const {
  PAYPAL_TEST_CLIENT_ID: clientId = '',
  PAYPAL_TEST_CLIENT_SECRET: clientSecret = '',
  PAYPAL_API_URL,
} = process.env
const access = { clientId, clientSecret, live: false, apiUrl: PAYPAL_API_URL, timeout: 30_000 }
const client = openPayPal(access)
const gateway = paypalGateway({ ...access, webhookId: 'none' })
/** Unique per run, because PayPal remembers request ids for hours. */
const key = `try-${Date.now()}`
const metadata: OurMetadata = {
  organization_id: 'org_try',
  environment: 'sandbox',
  customer_id: 'cus_try',
  billing_customer_id: 'bc_try',
  onboarding_id: `onb_${key}`,
}
const say = (what: string, found: unknown) => console.log(`${what}:`, JSON.stringify(found))
const resultOf = (work: Promise<unknown>) => work.catch((error: Error) => error.message)
/** An object that was not found was allowed to be read. */
const allowed = (work: Promise<unknown>) =>
  work.then(
    () => 'allowed',
    (error: unknown) => (isGatewayError(error, 'not_found') ? 'allowed' : (error as Error).message),
  )

const newSession = () => {
  const back = 'https://example.com/'
  return gateway.openSession!({ customerId: 'cus_try', brandName: 'Try', returnUrl: back, cancelUrl: back }, `${key}-s`)
}

async function rights(): Promise<void> {
  const hour = new Date(Date.now() - 3_600_000)
  const nothing = {
    auth_algo: 'SHA256withRSA',
    cert_url: 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-none',
  }
  const sent = {
    ...nothing,
    transmission_id: 'none-1',
    transmission_sig: 'none',
    transmission_time: hour.toISOString(),
  }
  say('save wallets (/v3/vault)', await allowed(newSession()))
  say('search transactions', await allowed(gateway.listPage!('payments', { from: hour, to: new Date() }, null)))
  say('read disputes', await allowed(client.call(({ disputes }) => disputes('0AB12345CD678901E'))))
  const asked = client.call(({ verification }) => verification(sent, 'NONE', '{}'))
  say('verify events', await allowed(asked))
}

async function save(): Promise<void> {
  const { token, approveUrl } = await newSession()
  say('approve at this URL with a personal sandbox account', approveUrl)
  while ((await gateway.readSession!(token)) === 'waiting') await new Promise((resolve) => setTimeout(resolve, 2_000))
  say('wallet', await resultOf(gateway.exchange!(token, `${key}-t`)))
}

async function pay(): Promise<void> {
  const payment = { amount: Number(values.amount), currency: values.currency, metadata }
  const payerPresent = values.payer === 'present'
  if (values.flow === 'single_step') {
    const made = await resultOf(gateway.payInOneStep!({ ...payment, methodId: values.wallet, payerPresent }, key))
    say('created and paid', made)
    return say(
      'the same call again',
      await resultOf(gateway.payInOneStep!({ ...payment, methodId: values.wallet, payerPresent }, key)),
    )
  }
  const id = await gateway.createObject({ kind: 'payment', customerId: '', reference: '', ...payment }, key)
  const reference = { id: values.wallet, singleUse: false }
  const order = { kind: 'payment' as const, id }
  say('created', id)
  const { amount, currency } = payment
  say(
    'captured',
    await resultOf(gateway.confirm(order, { reference, offSession: !payerPresent, amount, currency }, `${key}-c`)),
  )
  say('read', await resultOf(gateway.read(order)))
}

async function certificate(): Promise<void> {
  const chain = parseChain(await (await fetch(values.url)).text())
  const host = 'messageverificationcerts.sandbox.paypal.com'
  say(
    'certificates',
    chain.map(({ subject, issuer, validTo }) => ({ subject, issuer, validTo })),
  )
  say(`trusted by Node ${process.version}`, isTrusted(chain, host, [], new Date()))
}

const commands: Record<string, () => Promise<void>> = {
  rights,
  save,
  pay,
  certificate,
  dispute: async () => say('disputed', await resultOf(gateway.isDisputed({ kind: 'payment', id: values.order }))),
}
const command = commands[positionals[0] ?? '']
if (!command || !clientId) console.log(usage)
else await command()
