import { isIP } from 'node:net'
import { escaped } from './terminal.ts'
import type { AllowedNetwork } from '../domain/webhooks/address-rules.ts'
import { filledList, isIPv4InIPv6 } from './variable-forms.ts'

const example = 'use a list such as 10.20.0.0/16@8443,192.168.5.7@8000-8999,fd00:1::/48@443'

/** Networks that webhooks may be sent to although they are private, each with its ports: `10.20.0.0/16@8443`. */
export const allowedNetworks = filledList.transform((list, context) =>
  list.flatMap((item): AllowedNetwork[] => {
    const network = readNetwork(item)
    if (typeof network !== 'string') return [network]
    context.addIssue({ code: 'custom', message: `has "${escaped(item.slice(0, 60))}", ${network}` })
    return []
  }),
)

/** Returns the network of an entry, or why it is invalid. */
function readNetwork(item: string): AllowedNetwork | string {
  const [network = '', ports, ...more] = item.split('@')
  const [address = '', prefix, ...rest] = network.split('/')
  const version = isIP(address)
  if (version === 0 || address.includes('%') || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)))
    return `which is not an IP address or a network: ${example}`
  if (isIPv4InIPv6(address)) return 'which is an IPv4 address in IPv6 form: write it as IPv4'
  const longest = version === 4 ? 32 : 128
  const bits = prefix === undefined ? longest : Number(prefix)
  if (bits > longest) return `whose prefix is longer than ${longest} bits`
  if (bits === 0) return 'which matches every address: list your own networks'
  const range = more.length === 0 ? readPorts(ports ?? '') : undefined
  if (!range) return `whose ports are missing or invalid: ${example}`
  return { address, bits, ...range }
}

function readPorts(text: string): Pick<AllowedNetwork, 'fromPort' | 'toPort'> | undefined {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  const [fromPort, toPort] = [Number(first), Number(last)]
  return fromPort >= 1 && fromPort <= toPort && toPort <= 65_535 ? { fromPort, toPort } : undefined
}

/** Returns an entry as it is written. */
export const networkText = ({ address, bits, fromPort, toPort }: AllowedNetwork): string =>
  `${address}/${bits}@${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`
