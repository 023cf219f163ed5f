import { expect, test } from 'vitest'
import { formatAmount } from '../../../../api/hosted-page/view/states.ts'

test('amounts are formatted in the language of the page', () => {
  expect(formatAmount(1500, 'USD', 2, 'en')).toBe('$15.00')
  expect(formatAmount(1500, 'JPY', 0, 'en')).toBe('¥1,500')
  expect(formatAmount(1500, 'KWD', 3, 'en')).toBe('KWD\u00a01.500')
  expect(formatAmount(1500, 'USD', 2, 'pt-BR')).toBe('US$\u00a015,00')
})

test('where amounts run from right to left, a mark keeps the letters and the sign of a symbol together', () => {
  expect(formatAmount(1500, 'USD', 2, 'ar')).toBe('\u200f15.00\u00a0US$\u200e')
  expect(formatAmount(1500, 'EUR', 2, 'ar')).toBe('\u200f15.00\u00a0€')
})
