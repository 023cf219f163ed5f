import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalHeaders, headerLimits, headerProblem } from '../../../domain/webhooks/headers.ts'

test('headers of a gateway are accepted, and stored in lowercase and sorted', () => {
  const headers = { 'X-Route': 'crm', Authorization: 'Basic Y3JtOmdhdGV3YXk=', 'api_key-2': 'two words' }
  expect(headerProblem(headers)).toBeUndefined()
  expect(Object.entries(canonicalHeaders(headers))).toEqual([
    ['api_key-2', 'two words'],
    ['authorization', 'Basic Y3JtOmdhdGV3YXk='],
    ['x-route', 'crm'],
  ])
})

test.each([
  ...['Host', 'content-type', 'CONTENT-LENGTH', 'Content-Encoding', 'Connection', 'Keep-Alive', 'Transfer-Encoding'],
  ...['webhook-id', 'Webhook-Signature', 'webhook-anything', 'User-Agent', 'TE', 'Trailer', 'Upgrade', 'Expect'],
  ...['Proxy-Authorization', 'Cookie', 'Accept-Encoding', 'Forwarded', 'X-Forwarded-For', 'X-Real-IP'],
  ...['webhook_id', 'Webhook_Signature', 'Content_Length', 'transfer_encoding', 'user_agent', 'X_Forwarded-For'],
  ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'x_method_override'],
])('%s is refused', (name) => {
  expect(headerProblem({ [name]: 'a' })).toEqual({ name, message: expect.stringContaining('the service sets') })
})

test.each([
  '',
  ' ',
  'X Route',
  'X-Route:',
  'X-Route\r\nX-Other',
  'X-Röute',
  ':path',
  '__proto__',
  '-x',
  'x'.repeat(65),
])('the name %j is refused', (name) => {
  const headers = Object.fromEntries([[name, 'a']])
  expect(headerProblem(headers)?.message).toMatch(/^must have names of /)
})

test.each(['', ' ', ' a', 'a ', 'a\r\nX-Other: b', 'a\nb', 'a\rb', 'a\0b', 'a\tb', 'ä', '\u2028', 'a\x7f'])(
  'the value %j is refused',
  (value) => {
    expect(headerProblem({ 'X-Route': value })).toEqual({
      name: 'X-Route',
      message: 'must be printable ASCII without spaces at its ends',
    })
  },
)

test.each([5, null, ['a'], { a: 'b' }])('a value must be a string: %j', (value) => {
  expect(headerProblem({ 'X-Route': value })).toEqual({ name: 'X-Route', message: 'must be a string' })
  // What is no name can be a secret in the wrong place.
  expect(headerProblem({ 'Authorization: Bearer abcdef': value })?.name).toBeUndefined()
})

test('the number and the lengths of headers are limited, and no name can be given twice', () => {
  const named = (count: number, value = 'a') =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, value]))
  expect(headerProblem(named(headerLimits.count))).toBeUndefined()
  expect(headerProblem(named(headerLimits.count + 1))).toEqual({ message: 'must have at most 5 entries' })
  expect(headerProblem({ a: 'b'.repeat(2_048) })).toBeUndefined()
  expect(headerProblem({ a: 'b'.repeat(2_049) })).toEqual({ name: 'a', message: 'must be at most 2048 characters' })
  expect(headerProblem(named(2, 'b'.repeat(2_045)))).toBeUndefined()
  expect(headerProblem(named(2, 'b'.repeat(2_046)))).toEqual({ message: 'must be at most 4096 bytes in all' })
  expect(headerProblem({ 'X-Route': 'a', 'x-route': 'b' })).toEqual({
    name: 'x-route',
    message: 'must not be given twice',
  })
  expect(headerProblem({ 'x-route_1': 'a', 'X_Route-1': 'b' })).toEqual({
    name: 'X_Route-1',
    message: 'must not be given twice',
  })
})

test('whatever is accepted is one line of a request for each header', () => {
  const name = fc.stringMatching(/^[A-Za-z][\w-]{0,5}[\r\n: ]?$/)
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 9 }),
    fc.stringMatching(/^[ -~]{1,5}[\r\n]?[ -~]{0,3}$/),
  )
  let accepted = 0
  fc.assert(
    fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }), (headers) => {
      if (headerProblem(headers)) return
      accepted++
      for (const [each, text] of Object.entries(headers)) expect(`${each}: ${text}`).toMatch(/^[\w-]+: [ -~]+$/)
    }),
    { numRuns: 1_000 },
  )
  expect(accepted).toBeGreaterThan(20)
})
