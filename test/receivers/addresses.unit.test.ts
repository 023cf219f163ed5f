import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAddressRules, isPublic } from '../../receivers/addresses.ts'

/** Ranges that are not the public internet: special addresses (IANA's registries), and what IPv6 has not assigned. */
const special: [range: string, what: string][] = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'carrier-grade NAT, with the metadata service of Alibaba'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local, with the metadata services of AWS, Azure and Google'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'IETF, with the metadata service of Oracle'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'AS112'],
  ['192.52.193.0/24', 'AMT'],
  ['192.88.99.0/24', '6to4 relays'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'AS112'],
  ['198.18.0.0/15', 'benchmarks'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved, with broadcast'],
  ['168.63.129.16/32', 'the wire server of Azure'],
  ['::/96', 'IPv4-compatible, unspecified and loopback'],
  ['::ffff:0:0:0/96', 'translated IPv4'],
  ['64:ff9b::/96', 'NAT64'],
  ['64:ff9b:1::/48', 'local NAT64'],
  ['100::/64', 'discarded'],
  ['100:0:0:1::/64', 'dummy'],
  ['2001::/32', 'Teredo'],
  ['2001:2::/48', 'benchmarks'],
  ['2001:10::/28', 'ORCHID'],
  ['2001:20::/28', 'ORCHIDv2'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['3fff::/20', 'documentation'],
  ['4000::/2', 'unassigned'],
  ['8000::/2', 'unassigned'],
  ['5f00::/16', 'segment routing'],
  ['fc00::/7', 'private, with the metadata services of AWS and Google'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'site-local'],
  ['ff00::/8', 'multicast'],
]

const sizeOf = (range: string) => (range.includes(':') ? 128n : 32n)

/** Reads an address without the library under test. */
function toNumber(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [left = '', right] = address.split('::')
  const groups = (text: string) => text.split(':').filter(Boolean)
  const gap = right === undefined ? 0 : 8 - groups(left).length - groups(right).length
  const all = [...groups(left), ...Array<string>(gap).fill('0'), ...groups(right ?? '')]
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

const v4Text = (number: bigint) => [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.')
const v6Groups = (number: bigint) =>
  Array.from({ length: 8 }, (_, i) => ((number >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
const v6Text = (number: bigint) => v6Groups(number).join(':')
const hex = (number: bigint, digits: number) => number.toString(16).padStart(digits, '0')

/** Any address of a range. The first and the last one are tried often. */
function addressIn(range: string): fc.Arbitrary<bigint> {
  const [network = '', bits = ''] = range.split('/')
  const size = 1n << (sizeOf(range) - BigInt(bits))
  return fc.bigInt({ min: 0n, max: size - 1n }).map((offset) => toNumber(network) + offset)
}
const textOf = (range: string, number: bigint) => (range.includes(':') ? v6Text(number) : v4Text(number))

/** IPv6 addresses that lead to an IPv4 address, or contain it. */
const disguises: Record<string, (four: bigint) => string> = {
  'IPv4-mapped': (four) => `::ffff:${v4Text(four)}`,
  'IPv4-mapped in hexadecimal': (four) => `::ffff:${hex(four >> 16n, 4)}:${hex(four & 0xffffn, 4)}`,
  'IPv4-compatible': (four) => `::${v4Text(four)}`,
  NAT64: (four) => `64:ff9b::${v4Text(four)}`,
  '6to4': (four) => `2002:${hex(four >> 16n, 4)}:${hex(four & 0xffffn, 4)}::1`,
  Teredo: (four) => `2001:0:${hex(four >> 16n, 4)}:${hex(four & 0xffffn, 4)}::1`,
}

describe.each(special)('%s (%s)', (range) => {
  test('is refused as a whole', () => {
    fc.assert(fc.property(addressIn(range), (number) => !isPublic(textOf(range, number))))
    const [network = '', bits = ''] = range.split('/')
    const last = toNumber(network) + (1n << (sizeOf(range) - BigInt(bits))) - 1n
    expect([isPublic(network), isPublic(textOf(range, last))]).toEqual([false, false])
  })
})

test.each(special.filter(([range]) => !range.includes(':')))('%s (%s) is refused in every disguise', (range) => {
  fc.assert(
    fc.property(addressIn(range), fc.constantFrom(...Object.values(disguises)), (number, disguise) => {
      return !isPublic(disguise(number))
    }),
  )
})

test.each(['8.8.8.8', '93.184.216.34', '1.1.1.1', '2606:4700::1111', '2a00:1450:4001::1', '::ffff:8.8.8.8'])(
  '%s is public',
  (address) => expect(isPublic(address)).toBe(true),
)

test('the table is not only of refusals: most IPv4 addresses outside of it are public', () => {
  const isSpecial = (number: bigint) =>
    special.some(([range]) => {
      const [network = '', bits = ''] = range.split('/')
      return !range.includes(':') && number >> (32n - BigInt(bits)) === toNumber(network) >> (32n - BigInt(bits))
    })
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
      (number) => isPublic(v4Text(number)) === !isSpecial(number),
    ),
    { numRuns: 2_000 },
  )
})

test.each(['', 'localhost', 'crm.example', '127.1', '0x7f000001', '2130706433', '1.2.3.4 ', '１２７.0.0.1', '[::1]'])(
  '"%s" is not an address, and is not reached',
  (text) => {
    expect(isPublic(text)).toBe(false)
    const all = createAddressRules([{ address: '0.0.0.0', bits: 1, fromPort: 1, toPort: 65_535 }], [])
    expect(all.mayReach({ address: text, port: 443, secure: true })).toBe(false)
  },
)

const internal = createAddressRules(
  [
    { address: '10.20.0.0', bits: 16, fromPort: 8443, toPort: 8443 },
    { address: 'fd00:1::', bits: 48, fromPort: 8000, toPort: 8999 },
    { address: '100.64.0.0', bits: 10, fromPort: 1, toPort: 65_535 },
    { address: '0.0.0.0', bits: 1, fromPort: 7, toPort: 7 },
  ],
  [8500],
)

test.each([
  ['10.20.3.4', 8443, true, true],
  ['10.20.3.4', 8443, false, true],
  ['::ffff:10.20.3.4', 8443, true, true],
  ['fd00:1::7%eth0', 8080, true, true],
  ['10.20.3.4', 8444, true, false],
  ['10.21.3.4', 8443, true, false],
  ['fd00:1::7', 8500, true, false],
  ['fd00:1:1::7', 8080, true, false],
  // Metadata services are not reached even within an allowed network.
  ['100.64.0.1', 80, false, true],
  ['100.100.100.200', 80, false, false],
  ['0.0.0.0', 7, false, false],
  ['8.8.8.8', 443, true, true],
  ['8.8.8.8', 8443, true, true],
  ['8.8.8.8', 22, true, false],
  ['8.8.8.8', 443, false, false],
])('with allowed networks, %s port %s (secure: %s) is reached: %s', (address, port, secure, reached) => {
  expect(internal.mayReach({ address, port, secure })).toBe(reached)
})
