import { readFileSync } from 'node:fs'
import type { SimulatorApp } from '../../listen.ts'
import type { StripeAccounts } from '../accounts/accounts.ts'
import { offeredWallets } from '../domains/wallets.ts'

const types = {
  js: 'text/javascript; charset=utf-8',
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

const files: Record<string, string> = {
  '/card-form': 'card-form.html',
  '/card-form.js': 'card-form.js',
  '/card-form.css': 'card-form.css',
  '/challenge': 'challenge.html',
  '/challenge.js': 'challenge.js',
  '/wallet-buttons': 'wallets/buttons.html',
  '/wallet-buttons.js': 'wallets/buttons.js',
  '/wallet': 'wallets/wallet.html',
  '/wallet.js': 'wallets/wallet.js',
  '/wallets.css': 'wallets/wallets.css',
}

const read = (file: string) => readFileSync(new URL(`./${file}`, import.meta.url), 'utf8')

/** The simulated Stripe.js: its files as one script, without globals of its own. */
const script = () => `;(() => {\n${read('wallets/element.js')}\n${read('stripe.js')}\n})()\n`

/** Serves the simulated Stripe.js and the frames that it shows from this origin: forms, the bank's page and wallets. */
export function addFrame(app: SimulatorApp, accounts: StripeAccounts): void {
  const serve = (path: string, type: string, content: () => string) =>
    app.get(path, (c) => c.body(content(), 200, { 'Content-Type': type, 'Cache-Control': 'no-store' }))
  serve('/stripe.js', types.js, script)
  for (const [path, file] of Object.entries(files))
    serve(path, types[file.split('.').at(-1) as keyof typeof types], () => read(file))
  app.get('/_sim/wallets', (c) => {
    c.header('Access-Control-Allow-Origin', '*')
    const { state } = accounts.asked(c.req.query())
    return c.json({ wallets: offeredWallets(state, c.req.query('host') ?? '') })
  })
}
