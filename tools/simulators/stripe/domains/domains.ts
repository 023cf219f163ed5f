import type Stripe from 'stripe'
import { invalidRequest } from '../errors.ts'
import { requireText, type Input } from '../input.ts'
import { pageOf } from '../page-of.ts'
import type { StripeState } from '../behavior/state.ts'

type Domain = Stripe.PaymentMethodDomain

export const domainMethods = ['amazon_pay', 'apple_pay', 'google_pay', 'klarna', 'link', 'paypal'] as const
export type DomainMethod = (typeof domainMethods)[number]

const domainName = /^(?=.{1,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z]([a-z\d-]{0,61}[a-z\d])$/i

/** Returns the status of each method now: the settings determine which of them cannot be activated. */
function statuses(state: StripeState): Pick<Domain, DomainMethod> {
  const inactive = state.journal.get<DomainMethod[]>('settings', 'inactive_on_domains') ?? []
  const statusOf = (method: DomainMethod) => ({
    status: inactive.includes(method) ? 'inactive' : 'active',
    ...(inactive.includes(method)
      ? { status_details: { error_message: 'The domain could not be verified (simulated).' } }
      : {}),
  })
  return Object.fromEntries(domainMethods.map((method) => [method, statusOf(method)])) as Pick<Domain, DomainMethod>
}

const domains = (state: StripeState) => state.journal.list<Domain>('payment_method_domains')

/** How the vendor answers a domain that is registered already is not published. This rejects it. */
export function createDomain(state: StripeState, input: Input): Domain {
  const domain_name = requireText(input, 'domain_name').toLowerCase()
  if (!domainName.test(domain_name))
    throw invalidRequest(`Invalid domain name: ${domain_name}`, { param: 'domain_name' })
  if (domains(state).some((domain) => domain.domain_name === domain_name))
    throw invalidRequest(`The domain ${domain_name} is already registered.`, { param: 'domain_name' })
  const domain = {
    id: state.newId('pmd'),
    object: 'payment_method_domain',
    created: state.now(),
    domain_name,
    enabled: input.enabled !== 'false',
    livemode: false,
    ...statuses(state),
  } satisfies Domain
  return put(state, domain)
}

function put(state: StripeState, domain: Domain): Domain {
  state.journal.put('payment_method_domains', domain.id, domain)
  return domain
}

const find = (state: StripeState, id: string) =>
  state.find<Domain>('payment_method_domains', 'payment_method_domain', id)

/** Lists domains, newest first. */
export function listDomains(state: StripeState, input: Input): Stripe.ApiList<Domain> {
  const { domain_name: name, enabled } = input
  const all = domains(state).filter(
    (domain) =>
      (name === undefined || domain.domain_name === name) &&
      (enabled === undefined || domain.enabled === (enabled === 'true')),
  )
  return { object: 'list', url: '/v1/payment_method_domains', ...pageOf(all.reverse(), input) }
}

export const updateDomain = (state: StripeState, input: Input, id: string): Domain =>
  put(state, { ...find(state, id), ...(input.enabled === undefined ? {} : { enabled: input.enabled === 'true' }) })

/** Checks again which methods can be used on the domain. */
export const validateDomain = (state: StripeState, _input: Input, id: string): Domain =>
  put(state, { ...find(state, id), ...statuses(state) })

/** Returns whether a method is shown on a page of this host. */
export const isActiveOn = (state: StripeState, host: string, method: DomainMethod): boolean =>
  domains(state).some((domain) => domain.domain_name === host && domain.enabled && domain[method].status === 'active')
