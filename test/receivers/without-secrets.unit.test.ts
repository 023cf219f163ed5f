import { expect, test } from 'vitest'
import { withoutSecrets } from '../../receivers/without-secrets.ts'
import { secretText } from '../../domain/webhooks/secret.ts'
import { testPost } from '../support/receivers/receivers.ts'
import { rawServer } from '../support/receivers/raw-server.ts'

const token = 'Bearer gw/tok-Zx81kQ"&<7pLm902'

test.each<[string, string[], string, string[]]>([
  ['repeats the headers as JSON', [token], JSON.stringify({ authorization: token }), ['Zx81kQ', '7pLm902']],
  ['escapes slashes', ['Bearer aaaaaaaa/bbbbbbbb'], '"Bearer aaaaaaaa\\/bbbbbbbb"', ['aaaaaaaa', 'bbbbbbbb']],
  ['escapes for HTML', [token], '<b>Bearer gw/tok-Zx81kQ&quot;&amp;&lt;7pLm902</b>', ['Zx81kQ', '7pLm902']],
  ['shows only the token', ['Bearer abc-123'], 'wrong token abc-123', ['abc-123']],
  ['decodes Basic', [`Basic ${btoa('crm:pass phrase')}`], 'user crm, password pass phrase', ['pass phrase']],
  ['is cut within the value', ['k'.repeat(40)], `x-api-key: ${'k'.repeat(17)}`, ['kkkk']],
  ['shows a card number', [], 'no such card: 4242 4242 4242 4242', ['4242']],
])('a response that %s is stored without the secret', (_, secrets, text, hidden) => {
  const shown = withoutSecrets(text, secrets)
  for (const part of hidden) expect(shown).not.toContain(part)
  expect(shown).toContain('…')
})

test('any other response stays as it is, also beside a short value', () => {
  for (const text of ['', 'not found', 'crm: internal error', '{"error":"unknown event"}'])
    expect(withoutSecrets(text, ['crm', 'Bearer gw-Zx81kQ7pLm'])).toBe(text)
})

test('a receiver that repeats its request reveals neither header values nor secrets', async () => {
  const secrets = [new Uint8Array(32).fill(7)]
  const server = await rawServer((socket) =>
    socket.on('data', (request) => {
      const body = `${secretText(secrets[0]!)} ${String(request)}`
      socket.end(`HTTP/1.1 500 Error\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    }),
  )
  const { status, response } = await testPost()(server.url, {
    secrets,
    headers: { authorization: token, 'x-route': 'crm' },
  })
  expect(status).toBe(500)
  expect(response).toMatch(/^… POST \/ HTTP\/1.1[^]*authorization: …\r\nx-route: crm/)
  expect(response).not.toMatch(/Zx81kQ|7pLm902|whsec_/)
})
