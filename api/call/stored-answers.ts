import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { findBillingCustomerByPath } from '../../store/billing-customers/billing-customers.ts'
import type { StoredResponse } from '../../store/tenants/idempotency-keys.ts'
import { listLinkVersions } from '../../store/onboardings/setup-links.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { recognizeToken, setupUrl, type LinkTarget } from '../setup-links.ts'

const pathOfPage = /^\/public\/edge\/setup-billing\/([\w-]+)\/([\w-]+)\/([\w-]+)\?token=([\w-]{43})$/

/**
 * Maximum characters of a stored response. With the current field limits, a POST returns at most a third of it. Only
 * records from before these limits can exceed it.
 */
const longest = 131_072

/** The fields of responses that contain a secret. They never contain a caller's text, such as metadata. */
interface Answer {
  /** A new API key. */
  secret?: unknown
  setup_url?: unknown
  /** A link to enter data at a gateway, which is usable once and soon expires. */
  onboarding_url?: unknown
  /** The envelope of the edge door. `client_secret` is Stripe's. */
  data?: { setup_url?: unknown; client_secret?: unknown } | null
  replacement?: { setup_url?: unknown } | null
}

/**
 * Returns the response of a call as it may be stored: a new API key is replaced by null, and a setup link by a
 * placeholder. Returns undefined if it must not be stored: it has a secret that cannot be generated again, or is too
 * long.
 */
export async function readAnswer(d: ApiDependencies, c: Context): Promise<StoredResponse | undefined> {
  const { status, headers } = c.res
  const text = await c.res.clone().text()
  if (text.length > longest) return undefined
  const kept = { status, contentType: headers.get('Content-Type') }
  if (text === '') return { ...kept, body: '', link: null }
  const answer = JSON.parse(text) as Answer
  if (typeof answer.data?.client_secret === 'string') return undefined
  if (typeof answer.onboarding_url === 'string') return undefined
  if (typeof answer.secret === 'string') answer.secret = null
  const holder = [answer, answer.data, answer.replacement].find((part) => typeof part?.setup_url === 'string')
  if (!holder) return { ...kept, body: JSON.stringify(answer), link: null }
  const target = await targetOf(d, holder.setup_url as string)
  if (!target) return undefined
  const place = placeIn(text)
  holder.setup_url = place
  return { ...kept, body: JSON.stringify(answer), link: { ...target, place } }
}

/** Returns a new placeholder for the link. It is random, so no caller can have written it into the body. */
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

/** Returns the body of a stored response, with a newly signed link. */
export const writeAnswer = (d: ApiDependencies, { body, link }: StoredResponse): string =>
  link ? body.replaceAll(link.place, setupUrl(d, link)) : body
