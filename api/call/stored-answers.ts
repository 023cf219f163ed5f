import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { findBillingCustomerByPath } from '../../store/billing-customers/billing-customers.ts'
import type { StoredAnswer } from '../../store/tenants/idempotency-keys.ts'
import { listLinkVersions } from '../../store/onboardings/setup-links.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { recognizeToken, setupUrl, type LinkTarget } from '../setup-links.ts'

const pathOfPage = /^\/public\/edge\/setup-billing\/([\w-]+)\/([\w-]+)\/([\w-]+)\?token=([\w-]{43})$/

/**
 * Characters of an answer that is kept. What the limits of fields let a POST answer is a third of it; a record that is
 * larger from before them may answer more.
 */
const longest = 131_072

/** The fields of all answers that hold a secret. Texts of callers, such as metadata, are never in them. */
interface Answer {
  /** A new API key. */
  secret?: unknown
  setup_url?: unknown
  /** What the edge door wraps its answers in; `client_secret` is Stripe's. */
  data?: { setup_url?: unknown; client_secret?: unknown } | null
  replacement?: { setup_url?: unknown } | null
}

/**
 * The answer of a call as it may be kept: a new API key is null in it, and of a setup link there is only the place
 * where it stood. Undefined where it is not kept: it holds a secret that we cannot make again, or is too long.
 */
export async function readAnswer(d: ApiDependencies, c: Context): Promise<StoredAnswer | undefined> {
  const { status, headers } = c.res
  const text = await c.res.clone().text()
  if (text.length > longest) return undefined
  const kept = { status, contentType: headers.get('Content-Type') }
  if (text === '') return { ...kept, body: '', link: null }
  const answer = JSON.parse(text) as Answer
  if (typeof answer.data?.client_secret === 'string') return undefined
  if (typeof answer.secret === 'string') answer.secret = null
  const holder = [answer, answer.data, answer.replacement].find((part) => typeof part?.setup_url === 'string')
  if (!holder) return { ...kept, body: JSON.stringify(answer), link: null }
  const target = await targetOf(d, holder.setup_url as string)
  if (!target) return undefined
  const place = placeIn(text)
  holder.setup_url = place
  return { ...kept, body: JSON.stringify(answer), link: { ...target, place } }
}

/** What stands where the link stood: for each answer another, so that no caller can have written it into the body. */
function placeIn(body: string): string {
  const place = `{setup-link ${randomUUID()}}`
  return body.includes(place) ? placeIn(body) : place
}

async function targetOf(d: ApiDependencies, url: string): Promise<LinkTarget | undefined> {
  const [, brandId, organizationId, billingCustomerId, token] = pathOfPage.exec(url.slice(d.publicUrl.length)) ?? []
  if (!organizationId || !billingCustomerId || !token) return undefined
  const billingCustomer = await findBillingCustomerByPath(d.database, organizationId, billingCustomerId)
  const versions = await listLinkVersions(d.database, billingCustomerId)
  const recognized = recognizeToken(d.setupLinkSecrets, 'setup', token, versions)
  if (!billingCustomer || !recognized) return undefined
  return {
    brandId: brandId!,
    organizationId,
    billingCustomerId,
    onboardingId: recognized.onboardingId,
    linkVersion: recognized.version,
  }
}

/** The body of a stored answer, with its link signed anew. */
export const writeAnswer = (d: ApiDependencies, { body, link }: StoredAnswer): string =>
  link ? body.replaceAll(link.place, setupUrl(d, link)) : body
