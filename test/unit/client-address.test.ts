import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { addressHash } from '../../api/client-address.ts'

/** What the guard counts a request by that comes from `peer` with this X-Forwarded-For. */
async function counted(peer: string, forwarded?: string, trustedProxies: string[] = []): Promise<string | undefined> {
  const app = new Hono().get('/', (c) => c.text(addressHash(c, { trustedProxies, secret: 'secret' }) ?? 'nobody'))
  const incoming = {
    socket: { remoteAddress: peer, remotePort: 1, remoteFamily: peer.includes(':') ? 'IPv6' : 'IPv4' },
  }
  const answer = await app.request('/', forwarded ? { headers: { 'X-Forwarded-For': forwarded } } : {}, { incoming })
  const text = await answer.text()
  return text === 'nobody' ? undefined : text
}
const customer = '203.0.113.7'

test('what a stranger says of itself in X-Forwarded-For is not believed', async () => {
  expect(await counted(customer, '198.51.100.1')).toBe(await counted(customer))
  expect(await counted(customer, '198.51.100.1', ['10.0.0.0/8'])).toBe(await counted(customer))
})

test('proxies that are trusted, by address or network, are believed; what stands before them is the customer', async () => {
  const proxies = ['10.0.0.0/8', '192.0.2.1']
  expect(await counted('10.1.2.3', customer, proxies)).toBe(await counted(customer))
  expect(await counted('::ffff:10.1.2.3', `${customer}, 192.0.2.1`, proxies)).toBe(await counted(customer))
  // The customer wrote the first part itself, to be counted as somebody else.
  expect(await counted('10.1.2.3', `198.51.100.1, ${customer}, 192.0.2.1`, proxies)).toBe(await counted(customer))
  expect(await counted('10.1.2.3', `198.51.100.1, ${customer}`, [])).toBeUndefined()
})

test('of IPv6 the /64 counts, and addresses that many share count nothing', async () => {
  expect(await counted('2001:db8:1:2::1')).toBe(await counted('2001:db8:1:2:ffff:ffff:ffff:ffff'))
  expect(await counted('2001:db8:1:3::1')).not.toBe(await counted('2001:db8:1:2::1'))
  for (const shared of ['10.0.0.1', '192.168.1.1', '127.0.0.1', '::1', 'fd00::1', 'not an address'])
    expect(await counted(shared)).toBeUndefined()
})
