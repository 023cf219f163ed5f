import type { Answer, World } from '../world/world.ts'

/** Returns the charges of a billing customer that the vendors of the world have, at all accounts. */
export const chargesAtVendors = async (world: World, bc: string): Promise<Answer['body'][]> => [
  ...(await world.ledger(bc)).charges,
  ...(world.paypal ? await world.payPalCharges(bc) : []),
]
