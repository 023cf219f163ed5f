import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { secretText } from '../../domain/webhooks/secret.ts'
import { signatureHeaders } from '../../receivers/signature.ts'

const now = () => Math.floor(Date.now() / 1_000)
const key = fc.uint8Array({ minLength: 24, maxLength: 64 })

test('the official library verifies any body with each of the secrets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), key, key, (text, newer, older) => {
      const body = JSON.stringify({ text })
      const headers = signatureHeaders([newer, older], { id: 'evt_1', timestamp: now(), body })
      for (const each of [newer, older]) expect(new Webhook(secretText(each)).verify(body, headers)).toEqual({ text })
    }),
  )
})

test('the official library refuses another id, time, body or secret, and what is 301 seconds old', () => {
  const secret = randomBytes(32)
  const body = '{"name":"Müller 💳"}'
  const timestamp = now()
  const headers = signatureHeaders([secret], { id: 'evt_1', timestamp, body })
  const webhook = new Webhook(secretText(secret))
  expect(webhook.verify(body, headers)).toEqual({ name: 'Müller 💳' })
  expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow('No matching signature')
  expect(() => webhook.verify(body, { ...headers, 'webhook-timestamp': `${timestamp - 1}` })).toThrow('No matching')
  expect(() => webhook.verify(`${body} `, headers)).toThrow('No matching signature')
  expect(() => new Webhook(secretText(randomBytes(32))).verify(body, headers)).toThrow('No matching signature')
  const old = signatureHeaders([secret], { id: 'evt_1', timestamp: now() - 301, body })
  expect(() => webhook.verify(body, old)).toThrow('too old')
})

test('the newest secret signs first', () => {
  const [newer, older] = [randomBytes(32), randomBytes(32)]
  const signed = { id: 'evt_1', timestamp: now(), body: '{}' }
  const both = signatureHeaders([newer, older], signed)['webhook-signature']
  const alone = (each: Uint8Array) => signatureHeaders([each], signed)['webhook-signature']
  expect(both).toBe(`${alone(newer)} ${alone(older)}`)
})
