import { expect, test } from 'vitest'
import {
  embedOrigin,
  embedOrigins,
  isLinkAddress,
  logoOrigin,
  mostEmbedOrigins,
  suggestedOrigin,
} from '../../../domain/text/web-addresses.ts'

test.each([
  ['https://cdn.example.com/logo.svg', 'https://cdn.example.com'],
  ['https://CDN.example.com:8443/a/b.png?v=1;2#x', 'https://cdn.example.com:8443'],
  ['https://xn--r8jz45g.jp/ロゴ.png', 'https://xn--r8jz45g.jp'],
  ['https://cdn.example.com', 'https://cdn.example.com'],
])('a logo at %s is loaded from %s', (address, origin) => expect(logoOrigin(address)).toBe(origin))

const wrong = [
  'https://a;sandbox/x.png',
  'https://a;script-src-elem/x.png',
  'https://a,default-src/x.png',
  "https://a'unsafe-inline'/x.png",
  'https://*/x.png',
  'https://*.example.com/x.png',
  'https://a_b.example/x.png',
  'https://例え.jp/x.png',
  'https://[::1]/x.png',
  'https://user:password@a.example/x.png',
  'https://user@a.example/x.png',
  'https://a.example\\@b.example/x.png',
  'https://a.exa\nmple/x.png',
  'https://a.example/\u0001.png',
  'https://a.example/a b.png',
  'https://a..example/x.png',
  'https://-a.example/x.png',
  'https://a.example./x.png',
  'https://0x7f000001/x.png',
  `https://${'a'.repeat(64)}.example/x.png`,
  'https:a.example/x.png',
  'https:///a.example/x.png',
  'http://a.example/x.png',
  'data:image/png;base64,AAAA',
  'javascript:alert(1)',
  'file://localhost/etc/passwd',
  '//a.example/x.png',
  '',
]
test.each([...wrong, 'http://localhost/x.png'])('there is no logo at %j', (address) =>
  expect(logoOrigin(address)).toBeUndefined(),
)

test.each([
  ...wrong,
  'http://localhost.example/',
  'http://127.0.0.1.example/',
  'http://192.168.0.1/',
  'http://[::1]:3000/',
  'http://user@localhost/',
  'http://localhost\\@a.example/',
  'javascript://localhost/%0aalert(1)',
  ' https://a.example/',
  'https://a.example/\u2066x',
  'https://a.example/\u3164',
  'https://a.example/\ud800',
])('the page does not link to %j', (address) => expect(isLinkAddress(address)).toBe(false))

test.each([
  'https://app.example',
  'https://app.example/return?order=7&next=%2F#done',
  'https://APP.example:8443/zurück?a=ß',
  'https://xn--r8jz45g.jp/',
  'http://localhost:3000/return',
  'http://app.localhost/',
  'http://127.0.0.1:3000/',
])('the page may link to %s', (address) => expect(isLinkAddress(address)).toBe(true))

test.each([
  ['https://app.example', 'https://app.example'],
  ['https://APP.example', 'https://app.example'],
  ['https://app.example:443', 'https://app.example'],
  ['http://localhost:45017', 'http://localhost:45017'],
  ['http://app.localhost', 'http://app.localhost'],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ['https://xn--r8jz45g.jp', 'https://xn--r8jz45g.jp'],
])('%s may show the page as %s', (set, origin) => expect(embedOrigin(set)).toBe(origin))

const noOrigins = [
  'http://app.example',
  'http://intranet:8080',
  'http://localhost.example',
  'http://192.168.0.1',
  'http://127.0.0.1.example',
  'https://*',
  'http://localhost:*',
  'https://*.example.com',
  'https://例え.jp',
  'https://app.example\u0001',
  'https://app.example\u007f',
  'https://app.example\u200b',
  'https://app.example\n',
  ' https://app.example',
  'https://app.example.',
  'https://app..example',
  'https://app-.example',
  'https://0x1.0x2',
  'https://app.example/',
  'https://app.example/path',
  'https://user@app.example',
  'https://app.example; script-src *',
  'https://app.example,https://b.example',
  "'unsafe-inline'",
  'https://[::1]:3000',
  'https://app.example:99999',
  'https:',
  '*',
  `https://${'a'.repeat(250)}.example`,
  7,
  null,
]
test.each(noOrigins)('%j is not an origin that may embed the page', (text) => expect(embedOrigin(text)).toBeUndefined())

test.each([
  ['https://例え.jp', 'https://xn--r8jz45g.jp'],
  ['https://app.example/', 'https://app.example'],
  ['https://app.example/path?a=b#c', 'https://app.example'],
  ['https://user:password@app.example:8443', 'https://app.example:8443'],
  [' https://app.example\u200b\u0001', 'https://app.example'],
  ['https://app.example.', 'https://app.example'],
  ['http://app.example', 'https://app.example'],
  ['app.example', 'https://app.example'],
  ['例え.jp:8443/x', 'https://xn--r8jz45g.jp:8443'],
  ['https://*.example.com', undefined],
  ['http://localhost:*', undefined],
  ['https://[::1]:3000', undefined],
  ["'unsafe-inline'", undefined],
  ['javascript:alert(1)', undefined],
  ['https://app.example,https://b.example', undefined],
  ['*', undefined],
  [7, undefined],
])('in place of %j, %j would be right', (text, origin) => {
  expect(suggestedOrigin(text)).toBe(origin)
  if (origin) expect(embedOrigin(origin)).toBe(origin)
})

test('stored origins are filtered, deduplicated and limited', () => {
  expect(embedOrigins([...noOrigins, 'https://a.example', 'https://A.example:443'])).toEqual(['https://a.example'])
  for (const none of [null, 'https://a.example', { 0: 'https://a.example' }]) expect(embedOrigins(none)).toEqual([])
  const many = Array.from({ length: 1000 }, (_, i) => `https://app${i}.example`)
  expect(embedOrigins(many)).toEqual(many.slice(0, mostEmbedOrigins))
})
