import { createDomain, listDomains, updateDomain, validateDomain } from '../domains/domains.ts'
import type { Call } from './call.ts'

/** The calls that register the domains of pages that show wallets. */
export const domainCalls: Call[] = [
  {
    method: 'POST',
    path: '/v1/payment_method_domains',
    params: ['domain_name', 'enabled', 'expand'],
    run: createDomain,
  },
  {
    method: 'GET',
    path: '/v1/payment_method_domains',
    params: ['domain_name', 'enabled', 'limit', 'starting_after', 'expand'],
    run: listDomains,
  },
  {
    method: 'POST',
    path: '/v1/payment_method_domains/:id',
    params: ['enabled', 'expand'],
    run: updateDomain,
  },
  {
    method: 'POST',
    path: '/v1/payment_method_domains/:id/validate',
    params: ['expand'],
    run: validateDomain,
  },
]
