import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { containsCardNumber } from '../../../domain/text/card-numbers.ts'
import { withoutIbans } from '../../../domain/text/ibans.ts'

// Examples of the IBAN registry (SWIFT), with digits, letters and both.
const examples = [
  ...['AD1200012030200359100100', 'AE070331234567890123456', 'AT611904300234573201', 'BE68539007547034'],
  ...[
    'BR1800360305000010009795493C1',
    'CH9300762011623852957',
    'CY17002001280000001200527600',
    'DE89370400440532013000',
  ],
  ...['EE382200221020145685', 'ES9121000418450200051332', 'FR1420041010050500013M02606', 'GB29NWBK60161331926819'],
  ...[
    'HU42117730161111101800000000',
    'IT60X0542811101000000123456',
    'LT121000011101001000',
    'MT84MALT011000012345MTLCAST001S',
  ],
  ...['NL91ABNA0417164300', 'NO9386011117947', 'PL61109010140000071219812874', 'SE4550000000058398257466'],
  ...['TR330006100519786457841326', 'XK051212012345678906', 'RU0304452522540817810538091310419'],
]
const inFours = (iban: string, between = ' ') => iban.match(/.{1,4}/g)!.join(between)

test.each(examples)('%s is recognized as an IBAN in every format', (iban) => {
  const spelled = [iban, iban.toLowerCase(), ...[' ', '-', '\u00a0', '.', ' \u200b'].map((by) => inFours(iban, by))]
  for (const text of spelled) {
    expect(withoutIbans(`pay ${text}, please`, '#'), text).toBe('pay #, please')
    expect(containsCardNumber(text), text).toBe(false)
  }
})

test('text that only starts like an IBAN is unchanged', () => {
  for (const text of [
    'DE90370400440532013000', // Wrong check digits.
    'DE8937040044053201300', // Too short for Germany.
    'DE893704004405320130001',
    'xDE89370400440532013000',
    'ZZ89370400440532013000',
    'DE 89 3704 0044 0532 0130 00',
  ])
    expect(withoutIbans(text, '#'), text).toBe(text)
})

/** Returns an IBAN with a random account number. */
function randomIban(country: string, digits: number): string {
  const account = Array.from({ length: digits }, () => randomInt(10)).join('')
  const letters = [...country].map((letter) => parseInt(letter, 36)).join('')
  const check = 98n - (BigInt(`${account}${letters}00`) % 97n)
  return `${country}${String(check).padStart(2, '0')}${account}`
}

test('no IBAN is rejected as a card number, even under a key or next to a word that names a card', () => {
  for (const [country, digits] of [
    ['DE', 18],
    ['AT', 16],
    ['PL', 24],
    ['ES', 20],
    ['BE', 12],
  ] as const)
    for (let i = 0; i < 5_000; i++) {
      const iban = inFours(randomIban(country, digits))
      expect(containsCardNumber(`IBAN: ${iban}`), iban).toBe(false)
      expect(containsCardNumber(iban, { named: true }), iban).toBe(false)
    }
})

test('a card number next to an IBAN is found', () => {
  const iban = inFours(examples[7]!)
  const card = '4242 4242 4242 4242'
  for (const text of [
    `${iban} ${card}`,
    `${card} ${iban}`,
    `${iban}, ${card}, ${iban}`,
    `DE89 ${card}`,
    `IBAN ${card}`,
  ])
    expect(containsCardNumber(text), text).toBe(true)
})
