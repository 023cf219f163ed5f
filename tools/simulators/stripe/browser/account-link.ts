import { z } from 'zod'
import { accountView } from '../accounts/account-view.ts'
import { applicationOf, platformOf, setConnected, type StoredLink } from '../accounts/connected.ts'
import { noteEvent, type Controlled } from '../api/controls.ts'
import type { SimulatorApp } from '../../listen.ts'

const outcomes = z.enum(['complete', 'review', 'later'])

/** What the owner of an account has entered, by the button that ends the page. */
const entered = {
  complete: { details_submitted: true, charges_enabled: true },
  review: { details_submitted: true, charges_enabled: false },
  later: {},
}

const restriction = z.object({ account: z.string(), charges_enabled: z.boolean() })
const accountOf = (body: unknown): string => z.object({ account: z.string() }).parse(body).account

const page = (session: string) => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Connect your account</title></head>
  <body>
    <h1>Connect your account</h1>
    <form method="post">
      <input type="hidden" name="session" value="${session}" />
      <button name="outcome" value="complete">Submit</button>
      <button name="outcome" value="review">Submit, to be reviewed</button>
      <button name="outcome" value="later">Save for later</button>
    </form>
  </body>
</html>
`

/**
 * Adds the page on which the owner of a connected account enters its data. A link that has expired or was opened before
 * redirects to its refresh URL (docs.stripe.com/api/account_links).
 */
export function addAccountLink(
  app: SimulatorApp,
  { accounts, webhooks, log }: Pick<Controlled, 'accounts' | 'webhooks' | 'log'>,
): void {
  app.get('/setup/s/:account/:token', (c) => {
    const token = c.req.param('token')
    const { state } = accounts.holding(token)
    const link = state.journal.get<StoredLink>('account_links', token)
    if (!link || link.account !== c.req.param('account')) return c.text('This link does not exist.', 404)
    if (link.session !== undefined || link.expires_at <= state.now()) return c.redirect(link.refresh_url)
    const session = state.newId('session')
    state.journal.put('account_links', token, { ...link, session } satisfies StoredLink)
    return c.html(page(session), 200, { 'Cache-Control': 'no-store', 'X-Frame-Options': 'DENY' })
  })
  app.post('/setup/s/:account/:token', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    const { state: platform } = accounts.holding(c.req.param('token'))
    const link = platform.journal.get<StoredLink>('account_links', c.req.param('token'))
    if (link?.session === undefined || link.session !== form.get('session')) return c.text('Not the page.', 404)
    const state = platform.other(link.account)
    const changes = Object.entries(entered[outcomes.parse(form.get('outcome'))])
    for (const [name, value] of changes) state.journal.put('settings', name, value)
    const type = 'account.updated'
    if (changes.length > 0) noteEvent(log, state, type, webhooks.emit(state, type, accountView(state)))
    return c.redirect(link.return_url, 303)
  })
  app.post('/_sim/restrict', async (c) => {
    const { account, charges_enabled } = restriction.parse(await c.req.json())
    const { state } = accounts.asked({ account })
    state.journal.put('settings', 'charges_enabled', charges_enabled)
    const type = 'account.updated'
    noteEvent(log, state, type, webhooks.emit(state, type, accountView(state)))
    return c.json({ charges_enabled }, 201)
  })
  app.post('/_sim/deauthorize', async (c) => {
    const { state } = accounts.asked({ account: accountOf(await c.req.json()) })
    const platform = platformOf(state)
    const type = 'account.application.deauthorized'
    // The event goes to the platform's endpoints, which are looked up now.
    if (platform) noteEvent(log, state, type, webhooks.emit(state, type, applicationOf(platform)))
    setConnected(state, false)
    return c.json({ connected: false }, 201)
  })
  app.post('/_sim/authorize', async (c) => {
    setConnected(accounts.asked({ account: accountOf(await c.req.json()) }).state, true)
    return c.json({ connected: true }, 201)
  })
}
