import { expect, test } from 'vitest'
import { readConfig } from '../../runtime/config.ts'

const read = (env: NodeJS.ProcessEnv) => readConfig(env, []).webhooks

test('networks are parsed with their ports; an address is a network with one host', () => {
  expect(read({ WEBHOOK_ALLOWED_NETWORKS: '10.20.0.0/16@8443, fd00:1::/48@8000-8999,192.168.5.7@443' })).toMatchObject({
    allowedNetworks: [
      { address: '10.20.0.0', bits: 16, fromPort: 8443, toPort: 8443 },
      { address: 'fd00:1::', bits: 48, fromPort: 8000, toPort: 8999 },
      { address: '192.168.5.7', bits: 32, fromPort: 443, toPort: 443 },
    ],
  })
  expect(read({})).toEqual({ secretKeys: [], allowedNetworks: [], refusedPorts: [7233] })
})

test('the ports of PostgreSQL, Temporal and Temporal UI are refused', () => {
  const env = {
    DATABASE_URL: 'postgres://a:6000,b:6001/x',
    TEMPORAL_ADDRESS: '[::1]:7234',
    TEMPORAL_UI_URL: 'https://temporal.example/ui',
  }
  expect(read(env).refusedPorts.sort()).toEqual([443, 6000, 6001, 7234])
  expect(read({ DATABASE_URL: 'postgres://a/x', TEMPORAL_UI_URL: 'http://a:8233' }).refusedPorts.sort()).toEqual([
    5432, 7233, 8233,
  ])
  expect(read({ TEMPORAL_UI_URL: 'http://a' }).refusedPorts).toContain(80)
})

test('a network whose ports are all refused is reported with the variable that uses the port', () => {
  const ui = { TEMPORAL_UI_URL: 'https://temporal.example', WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/8@443' }
  expect(() => read(ui)).toThrow(
    'WEBHOOK_ALLOWED_NETWORKS has "10.0.0.0/8@443", but port 443 belongs to TEMPORAL_UI_URL, which webhooks never',
  )
  const range = { DATABASE_URL: 'postgres://a:7000,a:7001/x', WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/8@7000-7001' }
  expect(() => read(range)).toThrow('port 7000 belongs to DATABASE_URL')
  expect(() => read({ ...range, WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/8@7000-7002' })).not.toThrow()
})

test.each([
  ['10.0.0.0/8', 'whose ports are missing or invalid: use a list such as 10.20.0.0/16@8443,'],
  ['crm.internal@8443', 'which is not an IP address or a network: use a list such as'],
  ['10.0.0.0/33@1', 'whose prefix is longer than 32 bits'],
  ['0.0.0.0/0@1', 'which matches every address: list your own networks'],
  ['::ffff:10.0.0.1@1', 'which is an IPv4 address in IPv6 form: write it as IPv4'],
  ['::10.0.0.0/120@1', 'which is an IPv4 address in IPv6 form: write it as IPv4'],
])('the message about "%s" says that it is one "%s"', (entry, message) => {
  const several = `10.1.0.0/16@8443,${entry}`
  expect(() => read({ WEBHOOK_ALLOWED_NETWORKS: several })).toThrow(
    `WEBHOOK_ALLOWED_NETWORKS has "${entry}", ${message}`,
  )
})
