import { randomUUID } from 'node:crypto'
import { callsPerSecond, createPost } from '../api-load.ts'
import { startApiStack } from '../api-stack.ts'

const lanes = 16
/** Contacts that are created before, and created again by the measured calls. */
const contacts = 500

/** Starts an API of each kind, on one PostgreSQL. `kinds`: the variables of each. */
export async function openCalls(kinds: Record<string, NodeJS.ProcessEnv>) {
  const stack = await startApiStack()
  const { admin } = stack
  const { id: organization } = (await admin('create-organization', { name: 'Bench' })) as { id: string }
  const { id: brand } = (await admin('create-brand', { organization, name: 'Bench' })) as { id: string }
  const { key } = (await admin('create-key', { organization, environment: 'sandbox', scopes: '*' })) as { key: string }
  const ports: Record<string, number> = {}
  for (const [kind, more] of Object.entries(kinds)) ports[kind] = await stack.startApi('memory', more)
  const post = createPost(lanes)
  const headers = { Authorization: `Bearer ${key}` }
  const person = () => ({ external_id: `usr_${randomUUID()}`, name: 'Ada Example', email: 'ada@example.com' })
  let repeated = 0
  const again = () => ({
    api_key: key,
    org_id: organization,
    brand_id: brand,
    contact_id: `c_${++repeated % contacts}`,
  })
  const calls = {
    'POST /v1/customers': (port: number) => post(port, '/v1/customers', headers, person()),
    'repeat of edge createCustomer': (port: number) => post(port, '/public/edge/createCustomer', {}, again()),
  }
  const measure = async (kind: string, milliseconds: number) => {
    const found: [string, number][] = []
    for (const [what, call] of Object.entries(calls))
      found.push([what, await callsPerSecond(() => call(ports[kind]!), lanes, milliseconds)])
    return found
  }
  const [first] = Object.values(ports)
  await Promise.all(Array.from({ length: contacts }, () => calls['repeat of edge createCustomer'](first!)))
  // The code is compiled, and the planner has statistics, as in any process and database older than a minute.
  for (const kind of Object.keys(kinds)) await measure(kind, 5_000)
  await stack.database`analyze`
  return { measure, close: () => stack.stop() }
}
