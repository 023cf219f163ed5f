import { expect, test } from 'vitest'
import { toEmail } from '../../../domain/text/email.ts'

test.each([
  ['ada@example.com', 'ada@example.com'],
  ['Ada@EXAMPLE.com', 'Ada@EXAMPLE.com'],
  ['info@xn--80a1acny.xn--p1ai', 'info@xn--80a1acny.xn--p1ai'],
  ['max@möstermann.swiss', 'max@xn--mstermann-07a.swiss'],
  ['max@mo\u0308stermann.swiss', 'max@xn--mstermann-07a.swiss'],
  ['o&leary@example.com', 'o&leary@example.com'],
  ['a/b~@x.net', 'a/b~@x.net'],
  ['bounce=1@x.net', 'bounce=1@x.net'],
  ["!#$%*?^{}`|'@x.net", "!#$%*?^{}`|'@x.net"],
  ['ada+test@x.net', 'ada+test@x.net'],
  ['用户@例子.公司', '用户@xn--fsqu00a.xn--55qx5d'],
  ['a@straße.de', 'a@xn--strae-oqa.de'],
  [`${'x'.repeat(248)}@x.net`, `${'x'.repeat(248)}@x.net`],
  [`a@${'y'.repeat(63)}.net`, `a@${'y'.repeat(63)}.net`],
])('%s is an email address and stored as %s', (text, kept) => {
  expect(toEmail(text)).toBe(kept)
  expect(toEmail(kept)).toBe(kept)
})

test.each([
  ...['', 'a', 'a@', '@x.net', 'a@b', 'a@b@x.net', 'a b@x.net', '"a b"@x.net', 'a@[1.2.3.4]', 'a@1.2.3.4', 'a@x.123'],
  ...['.a@x.net', 'a.@x.net', 'a..b@x.net', 'a@-x.net', 'a@x-.net', 'a@x..net', 'a@.net', 'a@x.net.', 'a@x_y.net'],
  ...['a@x.net:80', 'a@x.net/', 'a@%41.net', 'a@xn--a.de', ' a@x.net', 'a@x.net ', 'a\u200b@x.net', 'a@x\u200b.net'],
  `${'x'.repeat(249)}@x.net`,
  `${'é'.repeat(125)}@x.net`,
  `a@${'y'.repeat(64)}.net`,
  `${'x'.repeat(64)}@${'y'.repeat(62)}.${'y'.repeat(62)}.${'y'.repeat(62)}.net`,
])('%j is not an email address', (text) => {
  expect(toEmail(text)).toBeUndefined()
})
