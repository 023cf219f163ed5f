import type { AllowedNetwork } from '../domain/webhooks/address-rules.ts'
import { parseConnectionString } from '../store/database/connection-string.ts'
import { networkText } from './allowed-networks.ts'
import type { Variables } from './variables.ts'

/** The configuration of webhooks. */
export interface WebhookConfig {
  /** The first key encrypts secrets; each can decrypt them. */
  secretKeys: string[]
  allowedNetworks: AllowedNetwork[]
  /** Ports of our own servers. A tenant's request never reaches them, regardless of `allowedNetworks`. */
  refusedPorts: number[]
}

export const webhooksOf = (e: Variables): WebhookConfig => ({
  secretKeys: e.WEBHOOK_SECRET_KEYS ?? [],
  allowedNetworks: e.WEBHOOK_ALLOWED_NETWORKS,
  refusedPorts: [...ownPorts(e).keys()],
})

/** Returns a line for each network of which every port is one of our own servers'. */
export function webhookProblems(e: Variables): string[] {
  const own = ownPorts(e)
  const isUseless = ({ fromPort, toPort }: AllowedNetwork) =>
    toPort - fromPort < own.size && portsFrom(fromPort, toPort).every((port) => own.has(port))
  return e.WEBHOOK_ALLOWED_NETWORKS.filter(isUseless).map(
    (network) =>
      `WEBHOOK_ALLOWED_NETWORKS has "${networkText(network)}", but port ${network.fromPort} belongs to ` +
      `${own.get(network.fromPort)}, which webhooks never reach: use another port`,
  )
}

const portsFrom = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)

/** The ports of our own servers, and the variable that names each. */
function ownPorts(e: Variables): Map<number, keyof Variables> {
  const ports = new Map<number, keyof Variables>()
  if (e.DATABASE_URL) for (const port of parseConnectionString(e.DATABASE_URL).ports) ports.set(port, 'DATABASE_URL')
  ports.set(Number(e.TEMPORAL_ADDRESS?.split(':').at(-1) ?? 7233), 'TEMPORAL_ADDRESS')
  if (e.TEMPORAL_UI_URL) ports.set(portOf(new URL(e.TEMPORAL_UI_URL)), 'TEMPORAL_UI_URL')
  return ports
}

const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
