import { installationAccount } from '../../../domain/reference.ts'
import type { PaymentGateway } from '../../../gateways/gateway.ts'
import type { Gateways } from '../../../gateways/gateways.ts'

/** A gateway in the same process that accepts everything at once, so that only the cost of the flow is measured. */
export function noOpGateways(): Gateways {
  const account = installationAccount('sandbox', 'stripe')
  let made = 0
  const amounts = new Map<string, { amount: number; currency: string }>()
  const paid = (id: string) => ({
    state: 'paid' as const,
    trace: id,
    ...amounts.get(id)!,
    method: { id: `pm_${id}`, label: 'Card' },
  })
  const gateway: PaymentGateway = {
    name: 'stripe',
    accountId: account.accountId,
    createCustomer: async () => `cus_${process.pid}_${made++}`,
    async createObject({ amount, currency }) {
      const id = `pi_${process.pid}_${made++}`
      amounts.set(id, { amount, currency })
      return id
    },
    read: async ({ id }) => paid(id),
    confirm: async ({ id }) => paid(id),
    readToken: async () => ({ usedBy: null, expired: false }),
    readMethod: async (id) => ({ id, label: 'None', attached: false, customer: null }),
    readCustomer: async (id) => ({ id, organizationId: null, environment: null }),
    close: async () => ({ state: 'dead', trace: '' }),
    refund: async (_object, { amount, refundId }) => ({ id: 're_1', amount, state: 'succeeded', refundId }),
    isDisputed: async () => false,
    readRefunds: async () => [],
    detachMethod: async () => {},
    clientAction: async () => null,
    verifyEvent: async () => {
      throw new Error('no events here')
    },
  }
  return {
    has: () => true,
    current: async () => gateway,
    of: async () => gateway,
    accountOf: async () => account,
    browserSide: async () => undefined,
    browserSideOf: async () => {
      throw new Error('no pages here')
    },
    listOfInstallation: () => [account],
    withKeys: () => gateway,
  }
}
