import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { lineFormat } from '../../runtime/log.ts'

test('a line about a whole object has no secrets', () => {
  let written = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk)
      done()
    },
  })
  const endpoint = { id: 'we_1', secret: 'whsec_known', secrets: ['whsec_known'] }
  pino(lineFormat, stream).info({ ...endpoint, endpoint, request: { endpoint } }, 'a line')
  expect(written).not.toContain('whsec_known')
  expect(JSON.parse(written)).toMatchObject({
    secret: '[redacted]',
    endpoint: { id: 'we_1', secret: '[redacted]', secrets: '[redacted]' },
    request: { endpoint: { secret: '[redacted]' } },
  })
})
