import type { Gateways, PaymentGateway } from '../gateways/gateway.ts'

/** A gateway that says yes at once, in the same process: what is left is the price of the flow itself. */
export function noOpGateways(): Gateways {
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
    createCustomer: async () => `cus_${process.pid}_${made++}`,
    async createObject({ amount, currency }) {
      const id = `pi_${process.pid}_${made++}`
      amounts.set(id, { amount, currency })
      return id
    },
    read: async ({ id }) => paid(id),
    confirm: async ({ id }) => paid(id),
    readToken: async () => ({ usedBy: null, expired: false }),
    readMethod: async (id) => ({ id, customer: null }),
    readCustomer: async (id) => ({ id, organizationId: null, environment: null }),
    close: async () => ({ state: 'dead', trace: '' }),
    refund: async () => ({ id: 're_1', state: 'succeeded' }),
    findRefund: async () => undefined,
    detachMethod: async () => {},
    clientAction: async () => null,
    verifyEvent: () => {
      throw new Error('no events here')
    },
  }
  return { for: () => gateway, browserSide: () => undefined }
}
