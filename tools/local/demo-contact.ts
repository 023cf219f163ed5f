import type { Stack } from './stack.ts'

interface Opened {
  status: string
  customer_id: string
  setup_url: string
}

/** Creates a setup link through the API for the first demo contact that has not completed setup. */
export async function openDemoContact({ apiUrl, seeds }: Stack): Promise<{ contactId: string; setupUrl: string }> {
  for (let n = 1; ; n++) {
    const answer = await fetch(`${apiUrl}/v1/billing_customers`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${seeds.secret_key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ contact_id: `demo-${n}`, brand_id: seeds.brand_id, billable_item_id: seeds.item_id }),
    })
    if (!answer.ok) throw new Error(`the API returned ${answer.status}: ${await answer.text()}`)
    const { status, customer_id, setup_url } = (await answer.json()) as Opened
    if (status === 'pending') return { contactId: customer_id, setupUrl: setup_url }
  }
}
