import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { AddressHashes } from '../../../../domain/payment/address-hashes.ts'
import { hashAddress } from '../../../../api/call/limits/client-address.ts'

/** What a request from `peer` with this X-Forwarded-For is counted by. */
async function counted(
  peer: string,
  forwarded?: string,
  trustedProxies: string[] = [],
  d = dependencies(trustedProxies),
  by: keyof AddressHashes = 'home',
): Promise<string | undefined> {
  const app = new Hono().get('/', (c) => c.text(hashAddress(c, d)?.[by] ?? 'nobody'))
  const incoming = {
    socket: { remoteAddress: peer, remotePort: 1, remoteFamily: peer.includes(':') ? 'IPv6' : 'IPv4' },
  }
  const answer = await app.request('/', forwarded ? { headers: { 'X-Forwarded-For': forwarded } } : {}, { incoming })
  const text = await answer.text()
  return text === 'nobody' ? undefined : text
}
const dependencies = (trustedProxies: string[], warn: (...said: unknown[]) => void = () => {}) => ({
  trustedProxies,
  setupLinkSecrets: ['secret'],
  log: { warn } as never,
  state: { proxyWarning: { logged: false } },
})
const customer = '203.0.113.7'

test('ignores X-Forwarded-For from untrusted addresses', async () => {
  expect(await counted(customer, '198.51.100.1')).toBe(await counted(customer))
  expect(await counted(customer, '198.51.100.1', ['10.0.0.0/8'])).toBe(await counted(customer))
})

test("uses X-Forwarded-For of trusted proxies: the last address before them is the customer's", async () => {
  const proxies = ['10.0.0.0/8', '192.0.2.1']
  expect(await counted('10.1.2.3', customer, proxies)).toBe(await counted(customer))
  expect(await counted('::ffff:10.1.2.3', `${customer}, 192.0.2.1`, proxies)).toBe(await counted(customer))
  // The customer wrote the first part itself, to be counted as somebody else.
  expect(await counted('10.1.2.3', `198.51.100.1, ${customer}, 192.0.2.1`, proxies)).toBe(await counted(customer))
})

test.each([
  ['a port', `${customer}:51234`, customer],
  ['quotes', `"${customer}"`, customer],
  ['quotes and a port', `"${customer}:443"`, customer],
  ['brackets', '[2001:db8::1]', '2001:db8::1'],
  ['brackets and a port', '"[2001:db8::1]:4711"', '2001:db8::1'],
  ['IPv4 within IPv6', `::ffff:${customer}`, customer],
  ['blanks and empty entries', `198.51.100.1,,  ${customer} , `, customer],
])('parses an address with %s', async (_, forwarded, address) => {
  expect(await counted('127.0.0.1', forwarded, ['127.0.0.1'])).toBe(await counted(address))
})

test.each(['fe80::7%eth0', 'fe80::7%eth0.100', 'fe80::7%en-0', '[fe80::7%vlan.1]:443', 'fe80::7%a:b'])(
  'parses %s, an address with a zone',
  async (zoned) => {
    expect(await counted('127.0.0.1', zoned, ['127.0.0.1'])).toBe(await counted('fe80::7'))
    expect(await counted('fe80::1%eth0.100', zoned, ['fe80::/10', customer])).toBe(await counted('fe80::7'))
    expect(await counted('127.0.0.1', `::ffff:${customer}%eth0.1`, ['127.0.0.1'])).toBe(await counted(customer))
  },
)

test('also skips a trusted proxy with a port', async () => {
  expect(await counted('127.0.0.1', `${customer}, 10.0.0.1:8080`, ['127.0.0.1', '10.0.0.0/8'])).toBe(
    await counted(customer),
  )
})

test('invalid addresses count as one, and not as the address to their left', async () => {
  const proxies = ['127.0.0.1']
  const unknown = await counted('127.0.0.1', 'unknown', proxies)
  expect(unknown).toMatch(/^[\w-]{43}$/)
  const others = ['_hidden', 'not an address', '203.0.113', '1', '0x7f.1', `${customer}, unknown`, '[::1', '999.1.1.1']
  for (const none of others) expect(await counted('127.0.0.1', none, proxies)).toBe(unknown)
  expect(await counted(customer)).not.toBe(unknown)
})

const networkOf = (address: string) => counted(address, undefined, [], dependencies([]), 'network')

test('counts IPv6 by its /56 for declines, and by its /48 for turns and failing calls', async () => {
  expect(await counted('2001:db8:1:200::1')).toBe(await counted('2001:db8:1:2ff:ffff:ffff:ffff:ffff'))
  expect(await counted('2001:db8:1:300::1')).not.toBe(await counted('2001:db8:1:200::1'))
  expect(await networkOf('2001:db8:1:300::1')).toBe(await networkOf('2001:db8:1:ffff::1'))
  expect(await networkOf('2001:db8:2::1')).not.toBe(await networkOf('2001:db8:1::1'))
  expect(await networkOf(customer)).toBe(await counted(customer))
})

test('counts addresses of a NAT64 by the IPv4 address that they embed', async () => {
  expect(await counted('64:ff9b::203.0.113.7')).toBe(await counted(customer))
  expect(await networkOf('64:ff9b::203.0.113.8')).not.toBe(await networkOf('64:ff9b::203.0.113.7'))
})

test('counts 6to4 by the IPv4 address that it embeds', async () => {
  expect(await counted('2002:cb00:7107:1::1')).toBe(await counted('2002:cb00:7107:ffff::1'))
  expect(await counted('2002:cb00:7108:1::1')).not.toBe(await counted('2002:cb00:7107:1::1'))
})

test('counts a private address if no other is known, and never loopback', async () => {
  for (const address of ['10.0.0.1', '192.168.1.1', '172.18.0.1', 'fd00::1'])
    expect(await counted(address), address).toMatch(/^[\w-]{43}$/)
  expect(await counted('127.0.0.1', `${customer}, 10.0.0.1`, ['127.0.0.1'])).toBe(await counted('10.0.0.1'))
  // A proxy on this machine that nobody named.
  expect(await counted('127.0.0.1', customer)).toMatch(/^[\w-]{43}$/)
  for (const machine of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) expect(await counted(machine)).toBeUndefined()
})

test('checks only the last 20 of thousands of trusted addresses in the header', async () => {
  const long = [customer, ...Array<string>(5000).fill('10.0.0.1')].join(',')
  expect(await counted('10.0.0.2', long, ['10.0.0.0/8'])).toBe(await counted('10.0.0.1'))
})

test('logs once that TRUSTED_PROXIES is empty and all calls come from a private address', async () => {
  const said: unknown[][] = []
  const d = dependencies([], (...words) => said.push(words))
  await counted(customer, undefined, [], d)
  await counted('127.0.0.1', undefined, [], d)
  expect(said).toEqual([])
  for (let i = 0; i < 3; i++) await counted('172.18.0.1', undefined, [], d)
  expect(said).toEqual([[{ proxy: '172.18.0.1' }, expect.stringContaining('TRUSTED_PROXIES is empty')]])
  const named: unknown[][] = []
  await counted(
    '172.18.0.1',
    undefined,
    [],
    dependencies(['172.16.0.0/12'], (...words) => named.push(words)),
  )
  expect(named).toEqual([])
})

test('docker-compose.yml: customers count by their own address behind a proxy, and as one without', async () => {
  const compose = parse(readFileSync(new URL('../../../../docker-compose.yml', import.meta.url), 'utf8'), {
    merge: true,
  })
  const { TRUSTED_PROXIES: written } = (compose as { services: { api: { environment: Record<string, string> } } })
    .services.api.environment
  const proxies = /^\$\{TRUSTED_PROXIES:-(.+)\}$/.exec(written!)![1]!.split(',')
  for (const gateway of ['172.17.0.1', '172.31.255.1', '192.168.96.1']) {
    expect(await counted(gateway, customer, proxies)).toBe(await counted(customer))
    expect(await counted(gateway, `198.51.100.1, ${customer}`, proxies)).toBe(await counted(customer))
    expect(await counted(gateway, undefined, proxies)).toMatch(/^[\w-]{43}$/)
  }
})
