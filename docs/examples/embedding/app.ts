import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createBillingClient } from '@billing-onboarding/client'
import { activePage, billingPage, signupPage } from './pages.ts'

// A small application that signs customers up, and lets them enter a payment method in a frame, in an overlay, or on
// the hosted page itself. A real one also has a webhook endpoint: what the browser says is only a hint.

export interface AppOptions {
  /** Where this application is reached, an entry of `embed_origins`. */
  origin: string
  /** The billing service: of its API, and `PUBLIC_URL` of its pages. */
  apiUrl: string
  pageUrl: string
  apiKey: string
  /** The hash of `embed.js` (Subresource Integrity), if it is pinned. */
  integrity?: string | undefined
}

/** The billing customers of those who signed up, by the value of their cookie. A real application has a database. */
type Sessions = Map<string, string>

const files: Record<string, string> = { '/billing.js': 'text/javascript', '/style.css': 'text/css' }

/** Returns the server of the application. */
export function createApp(options: AppOptions): Server {
  const sessions: Sessions = new Map()
  return createServer((request, response) => {
    answer(options, sessions, request, response).catch((error: unknown) => {
      console.error(error)
      response.writeHead(500).end('Something went wrong')
    })
  })
}

async function answer(options: AppOptions, sessions: Sessions, request: IncomingMessage, response: ServerResponse) {
  const { origin, pageUrl } = options
  const { pathname, searchParams } = new URL(request.url!, origin)
  const type = files[pathname]
  if (type)
    return response.writeHead(200, { 'Content-Type': type }).end(readFileSync(new URL(`.${pathname}`, import.meta.url)))
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  // `form-action`, because the sign-up form of the redirect way ends at the hosted page.
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; script-src 'self' ${pageUrl}; frame-src ${pageUrl}; style-src 'self'; ` +
      `form-action 'self' ${pageUrl}; base-uri 'none'; frame-ancestors 'none'`,
  )
  if (pathname === '/signup' && request.method === 'POST') return signUp(options, sessions, request, response)
  if (pathname === '/billing') return showBilling(options, sessions, request, response, searchParams)
  return response.end(signupPage)
}

/** Opens the onboarding and goes to the billing page, or to the hosted page itself. */
async function signUp(options: AppOptions, sessions: Sessions, request: IncomingMessage, response: ServerResponse) {
  const { origin, apiUrl, apiKey } = options
  const form = new URLSearchParams(await text(request))
  const billing = createBillingClient({ baseUrl: apiUrl, apiKey })
  const profile = { external_id: randomUUID(), name: form.get('name') ?? '', email: form.get('email') ?? '' }
  const customer = await billing.post('/v1/customers', { body: profile })
  // Customers return to `/billing` from the hosted page, from their bank and from PayPal.
  const page = { return_url: `${origin}/billing`, cancel_url: `${origin}/`, on_completion: 'redirect' } as const
  const { id, setup_url } = await billing.post('/v1/billing_customers', { body: { customer_id: customer.id, page } })
  const session = randomUUID()
  sessions.set(session, id)
  response.setHeader('Set-Cookie', `session=${session}; Path=/; HttpOnly; SameSite=Lax`)
  const way = form.get('way')
  const next = way === 'redirect' ? setup_url! : `/billing?open=${way === 'overlay' ? 'overlay' : 'inline'}`
  return response.writeHead(303, { Location: next }).end()
}

/** Shows the hosted page until the customer is active, as the API says. */
async function showBilling(
  { apiUrl, apiKey, pageUrl, integrity }: AppOptions,
  sessions: Sessions,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
) {
  const id = sessions.get(/session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')
  if (!id) return response.writeHead(303, { Location: '/' }).end()
  const billing = createBillingClient({ baseUrl: apiUrl, apiKey })
  const params = { path: { id } }
  const { status } = await billing.get('/v1/billing_customers/{id}', { params })
  if (status === 'active') return response.end(activePage)
  // The same link each time: whoever returns finds the page as they left it.
  const { setup_url } = await billing.post('/v1/billing_customers/{id}/setup_link', { params, body: {} })
  const open = query.get('open') === 'overlay' ? 'overlay' : 'inline'
  return response.end(billingPage({ setupUrl: setup_url, pageUrl, open, integrity }))
}
