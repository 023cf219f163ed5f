import { expect, test } from 'vitest'
import { createBillingClient } from '../../packages/client/src/index.ts'

test.each([[undefined], [''], ['/v1'], ['billing.example.com']])('the base URL %j is rejected at once', (baseUrl) => {
  expect(() => createBillingClient({ baseUrl: baseUrl as string, apiKey: 'sk_test_1' })).toThrow(
    'baseUrl must be a URL, such as https://billing.example.com',
  )
})

test.each(['https://user:hidden@billing.example.com', 'https://hidden@billing.example.com/api'])(
  'the base URL %s is rejected, without repeating what it contains',
  (baseUrl) => {
    expect(() => createBillingClient({ baseUrl, apiKey: 'sk_test_1' })).toThrow(
      new TypeError('baseUrl must not contain a user or a password'),
    )
  },
)

test.each(['', ' ', 'sk_test_hidden\nX', 'sk_test_hidden \u200b', undefined])(
  'the key %j is rejected unread',
  (apiKey) => {
    const create = () => createBillingClient({ baseUrl: 'https://billing.example.com', apiKey: apiKey as string })
    expect(create).toThrow(new TypeError('apiKey must be a secret key, such as sk_live_…'))
  },
)
