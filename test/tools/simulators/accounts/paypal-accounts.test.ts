import { expect, test } from 'vitest'
import { ask } from '../../../support/answer.ts'
import {
  capture as payOrder,
  captureOf,
  eachWithClient,
  newOrder,
  newVaultId,
  paypal,
  reconnect,
  refund,
  refusal,
} from '../../../support/gateways/paypal-api.ts'
import { control, restartSimulator, simulator, violations } from '../../../support/gateways/paypal-simulator.ts'

eachWithClient()

const tokenOf = async (clientId: string, secret = 'secret') =>
  ask(`${simulator.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
const userInfo = async (clientId: string, query = '?schema=paypalv1.1') => {
  const { body } = await tokenOf(clientId)
  const headers = { Authorization: `Bearer ${body.access_token}` }
  return ask(`${simulator.url}/v1/identity/oauth2/userinfo${query}`, { headers })
}
const merchantOf = async (clientId: string): Promise<string> => (await userInfo(clientId)).body.payer_id

test('the client id determines the merchant, who may have several apps', async () => {
  const [a, b] = [await merchantOf('shop-a'), await merchantOf('shop-b')]
  expect(a).toMatch(/^[2-9A-HJ-NP-Z]{13}$/)
  expect(b).not.toBe(a)
  expect(await merchantOf('shop-a-app2')).toBe(a)
  expect(await merchantOf('client-of-the-world')).toBe(await merchantOf('id'))
  expect(await violations()).toEqual([])
})

test('userinfo requires its schema, and shows the payer id to apps that may see it', async () => {
  expect(await userInfo('shop-a', '')).toMatchObject({ status: 400, body: { name: 'INVALID_REQUEST' } })
  await control('settings?account=shop-a', { features: ['vaulting'] })
  expect(Object.keys((await userInfo('shop-a')).body)).toEqual(['user_id'])
  expect(Object.keys((await userInfo('shop-b')).body)).toContain('payer_id')
})

test('each merchant has its own objects, request ids and ledger; all ledgers make the sum', async () => {
  const orders: string[] = []
  for (const client of ['shop-a', 'shop-b', 'id']) {
    reconnect(client)
    const { result } = await newOrder()
    orders.push(result.id!)
    await payOrder(result.id!, await newVaultId())
  }
  expect(new Set(orders).size).toBe(3)
  const charges = async (query = '') => (await control(`ledger${query}`)).charges.length
  expect(await charges()).toBe(3)
  for (const account of ['shop-a', 'id', await merchantOf('shop-b')])
    expect(await charges(`?account=${account}`)).toBe(1)
  expect((await control('accounts')).cross_account).toBe(0)
  expect(await violations()).toEqual([])
})

test('an object of another merchant is not found, and each try is counted', async () => {
  reconnect('shop-a')
  const { result } = await newOrder()
  const vaultId = await newVaultId()
  const paid = captureOf(await payOrder(result.id!, vaultId)).id!
  reconnect('shop-b')
  const missing = { status: 404, name: 'RESOURCE_NOT_FOUND' }
  expect(await refusal(paypal.orders.getOrder({ id: result.id! }))).toMatchObject(missing)
  expect(await refusal(refund(paid, 'refund'))).toMatchObject(missing)
  expect(await refusal(paypal.vault.deletePaymentToken(vaultId))).toMatchObject(missing)
  const own = await newOrder()
  expect(await refusal(payOrder(own.result.id!, vaultId))).toMatchObject({ issue: 'TOKEN_ID_NOT_FOUND' })
  const { accounts, cross_account } = await control('accounts')
  expect(cross_account).toBe(4)
  expect(accounts).toContainEqual({ id: await merchantOf('shop-b'), name: 'shop-b', calls: 6, cross_account: 4 })
  reconnect('shop-a')
  expect((await paypal.vault.getPaymentToken(vaultId)).statusCode).toBe(200)
})

test('a merchant without the right to vault is refused; another is not', async () => {
  await control('settings?account=shop-a', { features: ['disputes'] })
  reconnect('shop-a')
  expect(await refusal(newVaultId())).toEqual({ status: 403, name: 'NOT_AUTHORIZED', issue: 'PERMISSION_DENIED' })
  reconnect('shop-b')
  expect(await newVaultId()).toMatch(/./)
})

test('the page offers PayPal for the merchant of its client id', async () => {
  await control('settings?account=shop-a', { features: [] })
  const eligible = async (client: string) => {
    const query = new URLSearchParams({ payment_flow: 'VAULT_WITHOUT_PAYMENT', client_id: client })
    return (await ask(`${simulator.url}/web-sdk/v6/eligible-methods?${query}`)).body.paypal as boolean
  }
  expect([await eligible('shop-a'), await eligible('shop-b')]).toEqual([false, true])
})

test('a revoked secret gets no token, other secrets of the app do, also after a restart', async () => {
  await control('secrets', { client_id: 'shop-a', revoked: 'old' })
  await restartSimulator(() => {})
  expect(await tokenOf('shop-a', 'old')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  expect((await tokenOf('shop-a', 'new')).status).toBe(200)
})

test('a fault can be of one merchant, by client id or merchant id', async () => {
  const match = { method: 'POST', path: '/v2/checkout/orders' }
  for (const account of ['shop-a', await merchantOf('shop-a')]) {
    await control('faults', { match: { ...match, account }, times: 1, fault: 'error_before' })
    reconnect('shop-b')
    expect((await newOrder(account)).statusCode).toBe(201)
    reconnect('shop-a')
    expect(await refusal(newOrder(account))).toMatchObject({ status: 500 })
  }
})
