import { expect, test } from 'vitest'
import type { AddressRules } from '../../../domain/webhooks/address-rules.ts'
import { receiverUrlProblem } from '../../../domain/webhooks/receiver-url.ts'
import { createAddressRules } from '../../../receivers/addresses.ts'

const strict = createAddressRules([], [])
const onPremises = createAddressRules(
  [
    { address: '10.20.0.0', bits: 16, fromPort: 80, toPort: 80 },
    { address: '10.20.0.0', bits: 16, fromPort: 8443, toPort: 8443 },
    { address: '127.0.0.0', bits: 8, fromPort: 1024, toPort: 65_535 },
  ],
  [5432],
)

const malformed = 'must be a URL such as https://crm.example/hooks'
const notHttps = 'must be https, except to networks that this service was told to allow'
const login = 'must not hold a user or password'
const port = 'must have port 443 or a port from 1024 to 65535'
const inside = 'must not be an address of a private network'
const noName = 'must have a full host name, such as crm.example'
const unresolvable =
  'must have a host name of letters, digits and hyphens, whose parts have 1 to 63 characters, at most 253 in all'

test.each<[string, string | undefined]>([
  ['https://crm.example/hooks', undefined],
  ['HTTPS://CRM.EXAMPLE/hooks?team=a%20b', undefined],
  ['https://crm.example:443', undefined],
  ['https://crm.example:8443/hooks', undefined],
  ['https://müller.example/', undefined],
  ['https://crm.example./', undefined],
  ['https://crm..example/', unresolvable],
  ['https://.example/', unresolvable],
  ['https://crm.example../', unresolvable],
  ['https://*.example/', unresolvable],
  ["https://crm';b.example/", unresolvable],
  ['https://-crm.example/', unresolvable],
  ['https://crm-.example/', unresolvable],
  ['https://crm_eu.example/', undefined],
  [`https://${'a'.repeat(63)}.example/`, undefined],
  [`https://${'a'.repeat(64)}.example/`, unresolvable],
  [`https://${'a.'.repeat(123)}example/`, undefined],
  [`https://${'a.'.repeat(124)}example/`, unresolvable],
  ['https://8.8.8.8/hooks', undefined],
  ['https://[2606:4700::1111]:8443/hooks', undefined],
  [`https://crm.example/${'x'.repeat(1_980)}`, undefined],
  [`https://crm.example/${'x'.repeat(1_981)}`, 'must have at most 2000 characters'],
  ['', malformed],
  ['crm.example/hooks', malformed],
  ['ftp://crm.example/', malformed],
  ['javascript:alert(1)', malformed],
  ['https:crm.example', malformed],
  ['https:/crm.example', malformed],
  ['https:///crm.example', malformed],
  ['https://', malformed],
  ['https://crm.example:99999/', malformed],
  ['https://crm.example:x/', malformed],
  ['https://crm .example/', malformed],
  ['https://crm.example/a b', malformed],
  ['https://crm.example/\n', malformed],
  ['https://crm\u200b.example/', malformed],
  ['https:\\\\crm.example\\', malformed],
  ['https://crm.example\\@10.0.0.1/', malformed],
  ['https://1.2.3.4.5/', malformed],
  ['http://crm.example/hooks', notHttps],
  ['https://user@crm.example/', login],
  ['https://user:password@crm.example/', login],
  ['https://@crm.example/', login],
  ['https://:@crm.example/', login],
  ['https://crm.example/#top', 'must not have a fragment (#)'],
  ['https://crm.example/#', 'must not have a fragment (#)'],
  ['https://crm.example:22/', port],
  ['https://crm.example:80/', port],
  ['https://crm.example:0/', port],
  ['https://crm.example:1023/', port],
  ['https://crm/', noName],
  ['https://crm./', noName],
  ['https://localhost/', noName],
  ['https://crm.localhost/', inside],
  ['https://127.0.0.1/', inside],
  ['https://[::1]/', inside],
  ['https://10.20.0.1:8443/', inside],
])('without allowed networks: %s', (url, problem) => {
  expect(receiverUrlProblem(url, strict)).toBe(problem)
})

test.each<[string, string | undefined]>([
  ['http://10.20.3.4/hooks', undefined],
  ['https://10.20.3.4:8443/hooks', undefined],
  ['http://crm.internal:8443/hooks', undefined],
  ['https://crm/hooks', undefined],
  ['http://localhost:3000/hooks', undefined],
  ['http://crm.localhost:3000/hooks', undefined],
  ['https://crm.example/hooks', undefined],
  ['http://localhost:5432/', inside],
  ['http://10.20.3.4:8444/', inside],
  ['http://10.21.3.4:8443/', inside],
  ['http://8.8.8.8:8443/', inside],
  ['http://169.254.169.254/', inside],
  ['https://crm.example:22/', port],
])('with allowed networks: %s', (url, problem) => {
  expect(receiverUrlProblem(url, onPremises)).toBe(problem)
})

test('no error contains the URL', () => {
  const noAddress: AddressRules = { ...strict, mayReach: () => false }
  const urls = ['https://known:known@known.example/', 'https://known/', 'https://8.8.8.8/?known', 'known']
  for (const url of urls) expect(receiverUrlProblem(url, noAddress)).not.toMatch(/known|8\.8/)
})
