import { expect, test } from 'vitest'
import { plainLooks } from '../../../../domain/tenant/brand-looks.ts'
import { languages } from '../../../../api/hosted-page/words/languages.ts'
import { Layout } from '../../../../api/hosted-page/view/layout.tsx'

const footerOf = (support: string) => {
  const page = Layout({
    title: 'Payment method',
    brand: { ...plainLooks, name: 'Acme', support: [support] },
    theme: 'auto',
    language: languages[0],
    assets: {
      style: '/s.css',
      script: '/s.js',
      framed: '/f.js',
      language: '/l.js',
      restore: '/r.js',
      wallets: '/w.js',
      oldBrowser: '/o.js',
      icon: '/i.svg',
      marks: {},
    },
    nonce: 'n',
    link: null,
    children: '',
  })
  return /<footer[^>]*>(.*)<\/footer>/s.exec(String(page))?.[1]
}

test.each([
  ['help@example.com', '<a href="mailto:help@example.com">help@example.com</a>'],
  ['mailto:help@example.com', '<a href="mailto:help@example.com">help@example.com</a>'],
  [
    'https://example.com/help',
    '<a href="https://example.com/help" target="_blank" rel="noopener">example.com/help</a>',
  ],
  ['+1 555 0100', '<bdi>+1 555 0100</bdi>'],
])('the support contact %s becomes one working link or plain text', (contact, html) => {
  expect(footerOf(contact)).toContain(html)
})
