import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { languageFor } from '../../../api/hosted-page/language.ts'

const app = new Hono().get('/', (c) => c.text(languageFor(c).tag))
const shownTo = async (preference: string) =>
  (await app.request('/', { headers: { 'Accept-Language': preference } })).text()

test('the page has the language that the reader prefers', async () => {
  expect(await shownTo('de-AT,de;q=0.9,en;q=0.8')).toBe('de')
  expect(await shownTo('xx,constructor,__proto__,fr;q=0.2')).toBe('fr')
  expect(await shownTo('de;q=0,ja;q=0.1')).toBe('ja')
})

test('the language that the customer chose comes first, if the page has it', async () => {
  const chosen = async (locale: string) =>
    (await app.request(`/?locale=${locale}`, { headers: { 'Accept-Language': 'fr' } })).text()
  expect(await chosen('pt-BR')).toBe('pt-BR')
  expect(await chosen('tlh')).toBe('fr')
  expect(await chosen('__proto__')).toBe('fr')
})

// Anyone can send such a list, and each of its languages is compared with all of the page.
test.each(['a,', '*,', 'x;q=0.1,', 'a-b-c,'])('a list of thousands of languages (%s) is not read', async (part) => {
  expect(await shownTo(`de,${part.repeat(1_500)}`)).toBe('en')
})
