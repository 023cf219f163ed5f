import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { findBillingCustomerByPath } from '../store/billing-customers.ts'
import type { StoredAnswer } from '../store/idempotency-keys.ts'
import { listLinkVersions } from '../store/link-versions.ts'
import type { ApiDependencies } from './dependencies.ts'
import { recognizeToken, setupUrl, type LinkTarget } from './services/setup-link.ts'

const secretKey = /"[sp]k_(live|test)_[A-Za-z0-9_-]{20,}"/g
const linkOfPage = /\/public\/edge\/setup-billing\/([\w-]+)\/([\w-]+)\/([\w-]+)\?token=([\w-]{43})/
/** What can neither be stored nor made again: such an answer is not kept, and the call runs again. */
const vendorsSecret = /_secret_/

/**
 * Characters of an answer that is kept. What the limits of fields let a POST answer is a third of it; a record that is
 * larger from before them may answer more.
 */
const longest = 131_072

/**
 * The answer of a call as it may be kept: keys are gone from it, and of a setup link only the place where it stood.
 * Undefined where it is not kept: it failed on our side, was held back by a limit, holds a secret that we cannot
 * make again, or is too long.
 */
export async function readAnswer(d: ApiDependencies, c: Context): Promise<StoredAnswer | undefined> {
  const { status } = c.res
  if (status >= 500 || status === 429) return undefined
  const body = (await c.res.clone().text()).replaceAll(secretKey, 'null')
  if (body.length > longest || vendorsSecret.test(body)) return undefined
  const contentType = c.res.headers.get('Content-Type')
  const found = linkOfPage.exec(body)
  if (!found) return { status, contentType, body, link: null }
  const link = await targetOf(d, found)
  if (!link) return undefined
  const place = placeIn(body)
  const stored = body.replaceAll(d.publicUrl + found[0], place)
  return linkOfPage.test(stored) ? undefined : { status, contentType, body: stored, link: { ...link, place } }
}

/** What stands where the link stood: for each answer another, so that no caller can have written it into the body. */
function placeIn(body: string): string {
  const place = `{setup-link ${randomUUID()}}`
  return body.includes(place) ? placeIn(body) : place
}

async function targetOf(
  d: ApiDependencies,
  [, brandId, organizationId, billingCustomerId, token]: string[],
): Promise<LinkTarget | undefined> {
  const billingCustomer = await findBillingCustomerByPath(d.database, organizationId!, billingCustomerId!)
  const versions = await listLinkVersions(d.database, billingCustomerId!)
  const recognized = recognizeToken(d.setupLinkSecrets, 'setup', token!, versions)
  if (!billingCustomer || !recognized) return undefined
  return {
    brandId: brandId!,
    organizationId: organizationId!,
    billingCustomerId: billingCustomerId!,
    onboardingId: recognized.onboardingId,
    linkVersion: recognized.version,
  }
}

/** The body of a stored answer, with its link signed anew. */
export const writeAnswer = (d: ApiDependencies, { body, link }: StoredAnswer): string =>
  link ? body.replaceAll(link.place, setupUrl(d, link)) : body
