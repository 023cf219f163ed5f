import type { Stack } from '../../local/stack.ts'

/** The part of a bulk onboarding that is used here. */
export interface ShownBulk {
  id: string
  status: string
  rows: Record<'total' | 'ready' | 'done' | 'failed' | 'skipped' | 'invalid' | 'duplicate', number>
}

interface Wanted {
  rows: number
  rowsPerSecond: number
  starts: number
}

const lineOf = (row: number) =>
  `usr_${Date.now()}_${row},Person Number ${row},person.${row}@customers.example,12 Long Street,Cape Town,8001,ZA\n`

/** Uploads a file that is written while it is sent. Other calls are made meanwhile; `others` has their milliseconds. */
export async function uploadContacts({ apiUrl, seeds }: Stack, { rows, rowsPerSecond, starts }: Wanted) {
  let bytes = 0
  const encoder = new TextEncoder()
  let row = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const header =
        row === 0 ? 'external_id,name,email,address_line1,address_city,address_postal_code,address_country\n' : ''
      let text = header
      for (const end = Math.min(row + 500, rows); row < end; row++) text += lineOf(row)
      const part = encoder.encode(text)
      bytes += part.length
      controller.enqueue(part)
      if (row === rows) controller.close()
    },
  })
  const headers = { Authorization: `Bearer ${seeds.secret_key}`, 'Content-Type': 'text/csv' }
  const query = `?rows_per_second=${rowsPerSecond}&starts_per_second=${starts}`
  const others: number[] = []
  let isUploading = true
  const calling = (async () => {
    while (isUploading) {
      const began = performance.now()
      await fetch(`${apiUrl}/v1/customers?limit=1`, { headers })
      others.push(performance.now() - began)
    }
  })()
  const began = performance.now()
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
  const response = await fetch(`${apiUrl}/v1/bulk_onboardings${query}`, init)
  const answer = (await response.json()) as ShownBulk
  const seconds = (performance.now() - began) / 1_000
  isUploading = false
  await calling
  if (response.status !== 201 || answer.rows.ready !== rows) throw new Error(JSON.stringify(answer).slice(0, 2_000))
  return { id: answer.id, seconds, bytes, others }
}
