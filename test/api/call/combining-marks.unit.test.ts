import { expect, test } from 'vitest'
import { checkJson } from '../../../api/call/json-text.ts'

// Unicode normalization takes 70 seconds for a megabyte of combining marks: no body may bring them.

test.each(['\u0315\u0300', '\uff9e\u0300', '\u0301'])('rejects a long run of %j before normalizing it', (marks) => {
  const long = `a${marks.repeat(200_000)}`
  const rule = /must not have more than 30 combining marks in a row/
  for (const body of [{ x: long }, { a: { b: [long] } }, { [long]: 1 }])
    expect(() => checkJson(JSON.stringify(body))).toThrow(rule)
})

test('accepts letters with combining marks', () => {
  const name = 'e\u0301'.repeat(100) + 'ก\u0e34\u0e4c' + 'd\u0323\u0307'
  expect(() => checkJson(JSON.stringify({ name }))).not.toThrow()
})
