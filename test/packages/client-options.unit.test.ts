import { expect, test } from 'vitest'
import { createBillingClient } from '../../packages/client/src/index.ts'

test.each([[undefined], [''], ['/v1'], ['billing.example.com']])('the base URL %j is rejected at once', (baseUrl) => {
  expect(() => createBillingClient({ baseUrl: baseUrl as string, apiKey: 'sk_test_1' })).toThrow(
    'baseUrl must be a URL, such as https://billing.example.com',
  )
})
