import { expect, test } from 'vitest'
import { results } from '../../../domain/lifecycle.ts'
import { returnAddress } from '../../../domain/onboarding/return-address.ts'

const billingCustomerId = 'bc_01k2'
const added = 'billing_customer_id=bc_01k2&status=completed'

test.each([
  ['https://shop.example', `https://shop.example/?${added}`],
  ['https://shop.example/done', `https://shop.example/done?${added}`],
  ['https://shop.example/done?', `https://shop.example/done?${added}`],
  ['https://shop.example/done?order=7&a=b', `https://shop.example/done?order=7&a=b&${added}`],
  ['https://shop.example/done#/app?tab=2', `https://shop.example/done?${added}#/app?tab=2`],
  ['https://shop.example/done?a=1#part', `https://shop.example/done?a=1&${added}#part`],
  // How the caller encoded its own query stays: `URLSearchParams` would write + for %20, and = after flag.
  [
    'https://shop.example/a%2Fb?q=a%20b+c%26d&flag&u=%E2%82%AC&~=(1)',
    `https://shop.example/a%2Fb?q=a%20b+c%26d&flag&u=%E2%82%AC&~=(1)&${added}`,
  ],
  ['http://localhost:3000/done?a=1', `http://localhost:3000/done?a=1&${added}`],
  // Parameters of these names are replaced, however they are encoded; others with similar names are not.
  [
    'https://shop.example/?status=failed&billing_customer_id=bc_other&a=1&status=x',
    `https://shop.example/?a=1&${added}`,
  ],
  ['https://shop.example/?%73tatus=failed&st%61tus&a=1', `https://shop.example/?a=1&${added}`],
  ['https://shop.example/?a=1&&status=x', `https://shop.example/?a=1&${added}`],
  ['https://shop.example/?Status=1&order.status=2', `https://shop.example/?Status=1&order.status=2&${added}`],
  ['https://shop.example/??status=1', `https://shop.example/??status=1&${added}`],
])('%s becomes %s', (url, address) => {
  expect(returnAddress(url, { billingCustomerId, status: 'completed' })).toBe(address)
})

test('the receiver reads the id and the status, and its own parameters as it wrote them', () => {
  for (const status of results) {
    const address = new URL(returnAddress('https://shop.example/?next=%2Fa%3Fb%3Dc', { billingCustomerId, status }))
    expect(Object.fromEntries(address.searchParams)).toEqual({
      next: '/a?b=c',
      billing_customer_id: billingCustomerId,
      status,
    })
  }
})
