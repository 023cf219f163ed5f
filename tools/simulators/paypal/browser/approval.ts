import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { SimulatorApp } from '../../listen.ts'
import { PayPalAnswer } from '../errors.ts'
import { isCurrency } from '../behavior/money.ts'
import type { PayPalAccounts } from '../accounts/accounts.ts'
import { payerOf, type PayPalState, type SetupToken } from '../behavior/state.ts'

const files: Record<string, { file: string; type: string }> = {
  '/web-sdk/v6/core': { file: 'web-sdk.js', type: 'text/javascript; charset=utf-8' },
  '/agreements/approve': { file: 'approve.html', type: 'text/html; charset=utf-8' },
  '/approve.js': { file: 'approve.js', type: 'text/javascript; charset=utf-8' },
  '/approve.css': { file: 'approve.css', type: 'text/css; charset=utf-8' },
}
const order = z.object({
  setup_token: z.string(),
  outcome: z.enum(['approve', 'cancel']),
  /** The PayPal account that approves, by email address. Default: a new payer. */
  email: z.email().optional(),
})

/** Adds the payer's actions at PayPal: by a call, or on the page that the approve link and the simulated SDK open. */
export function addApproval(app: SimulatorApp, accounts: PayPalAccounts): void {
  for (const [path, { file, type }] of Object.entries(files)) {
    app.get(path, (c) =>
      c.body(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'), 200, {
        'Content-Type': type,
        'Cache-Control': 'no-store',
        // PayPal's own pages refuse to be framed.
        ...(file.endsWith('.html') ? { 'X-Frame-Options': 'DENY' } : {}),
      }),
    )
  }
  // The SDK's request from the merchant's page: github.com/paypal/paypal-js, FindEligibleMethodsOptions.
  app.get('/web-sdk/v6/eligible-methods', (c) => {
    c.header('Access-Control-Allow-Origin', '*')
    const { currency_code = 'USD', payment_flow = 'ONE_TIME_PAYMENT', client_id = '' } = c.req.query()
    const { state } = accounts.ofClient(client_id)
    const mayVault = !payment_flow.startsWith('VAULT') || state.settings().features.includes('vaulting')
    return c.json({ paypal: mayVault && isCurrency(currency_code) })
  })
  app.get('/_sim/approval', (c) => {
    const id = c.req.query('setup_token') ?? ''
    const token = findSetupToken(accounts.holding(id).state, id)
    if (!token) return c.json({ error: 'no such setup token' }, 404)
    return c.json({ status: token.status, brand_name: token.experience.brand_name ?? null })
  })
  app.post('/_sim/approve', async (c) => {
    const { setup_token, outcome, email } = order.parse(await c.req.json())
    const { state } = accounts.holding(setup_token)
    const token = findSetupToken(state, setup_token)
    if (!token) return c.json({ error: 'no such setup token' }, 404)
    if (token.status !== 'PAYER_ACTION_REQUIRED') return c.json({ error: `not asked any more: ${token.status}` }, 409)
    const payer = payerOf(email ?? `buyer-${token.id.toLowerCase()}@personal.example.com`)
    if (outcome === 'approve')
      state.journal.put('setup_tokens', token.id, { ...token, status: 'APPROVED', payer } satisfies SetupToken)
    const redirect_url = redirectUrlOf(token, outcome)
    return c.json({ status: findSetupToken(state, token.id)!.status, payer_id: payer.payer_id, redirect_url })
  })
}

function findSetupToken(state: PayPalState, id: string): SetupToken | undefined {
  try {
    return state.setupToken(id)
  } catch (error) {
    if (error instanceof PayPalAnswer) return undefined
    throw error
  }
}

function redirectUrlOf({ id, experience }: SetupToken, outcome: 'approve' | 'cancel'): string | null {
  const { return_url, cancel_url } = experience
  if (outcome === 'cancel') return cancel_url ?? null
  if (!return_url) return null
  const url = new URL(return_url)
  url.searchParams.set('approval_token_id', id)
  url.searchParams.set('approval_session_id', id)
  return url.toString()
}
