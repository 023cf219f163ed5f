import type { Stack } from './stack.ts'

interface SetupAnswer {
  data: { setup_url: string; billing_customer_id: string }
}

/** Gives out a setup link through the API, for the first demo contact that has not finished its setup. */
export async function openDemoContact({ apiUrl, seeds }: Stack): Promise<{ contactId: string; setupUrl: string }> {
  const native = { Authorization: `Bearer ${seeds.secret_key}` }
  for (let n = 1; ; n++) {
    const body = {
      api_key: seeds.secret_key,
      org_id: seeds.org_id,
      brand_id: seeds.brand_id,
      contact_id: `demo-${n}`,
      bi_id: seeds.item_id,
    }
    const created = await fetch(`${apiUrl}/public/edge/buildCustomerProfileSetup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!created.ok) throw new Error(`the API answered ${created.status}: ${await created.text()}`)
    const { data } = (await created.json()) as SetupAnswer
    const read = await fetch(`${apiUrl}/v1/billing_customers/${data.billing_customer_id}`, { headers: native })
    const customer = (await read.json()) as { status: string; customer_id: string }
    if (customer.status === 'pending') return { contactId: customer.customer_id, setupUrl: data.setup_url }
  }
}
