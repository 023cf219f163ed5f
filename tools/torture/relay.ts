import { createServer, type AddressInfo } from 'node:net'
import { seededChance } from '../chaos/chance.ts'
import type { Control } from './control.ts'
import { makeLink, type Link } from './link.ts'
import type { FaultKind, Plan } from './plan.ts'

/** A proxy between the driver and PostgreSQL that injects the faults of the plan. */
export interface Relay {
  /** The database's URL through the relay. */
  url: string
  /** Stops all faults. Bytes are still forwarded. */
  calm(): void
  /** Returns the number of open connections. */
  open(): number
  /** Closes the remaining connections. */
  close(): Promise<void>
}

export async function openRelay(
  plan: Plan,
  { url, control, happened }: { url: string; control: Control; happened(kind: FaultKind): void },
): Promise<Relay> {
  const through = new URL(url)
  const port = Number(through.port)
  const links: Link[] = []
  let calm = false
  let open = 0
  const server = createServer((client) => {
    const connection = links.length
    const link = makeLink(client, {
      port,
      pieces: plan.pieces,
      chance: seededChance(Math.imul(plan.seed, 31) + plan.run * 64 + connection),
      control,
      faults: calm
        ? []
        : plan.faults.filter((fault) => fault.connection === connection).map((fault) => structuredClone(fault)),
      happened,
    })
    links.push(link)
    open++
    void link.ended.then(() => open--)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    calm() {
      calm = true
      for (const link of links) link.calm()
    },
    open: () => open,
    async close() {
      server.close()
      for (const link of links) link.destroy()
      await Promise.all(links.map(({ ended }) => ended))
    },
  }
}
