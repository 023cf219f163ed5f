import { createHash, generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

// Node can read X.509 certificates but not create them. This code encodes the three certificates as DER (RFC 5280).

export interface Certificates {
  /** PEM of the root certificate that a verifier must trust. */
  root: string
  /** PEM of the signing certificate and its issuer, as the vendor serves them. */
  chain: string
  /** PEM of the signing key. */
  key: string
  id: string
}

export interface Keys {
  publicKey: KeyObject
  privateKey: KeyObject
}

const pair = promisify(generateKeyPair)
export const newPair = () => pair('rsa', { modulusLength: 2048 })

/** Creates a root, an intermediate, and a signing certificate with PayPal's host name. */
export async function makeCertificates(): Promise<Certificates> {
  const [root, intermediate, leaf] = await Promise.all([newPair(), newPair(), newPair()])
  const rootName = name('PayPal Simulator Test Root')
  const intermediateName = name('PayPal Simulator Test Intermediate')
  const host = 'messageverificationcerts.sandbox.paypal.com'
  const make = (subject: Buffer, key: KeyObject, issuer: Buffer, issuerKeys: Keys, extensions: Buffer[]) =>
    certificate({ subject, key, issuer, issuerKeys, extensions })
  return {
    root: make(rootName, root.publicKey, rootName, root, authority),
    chain:
      make(name(host), leaf.publicKey, intermediateName, intermediate, signer(host)) +
      make(intermediateName, intermediate.publicKey, rootName, root, authority),
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    id: `CERT-${[4, 4, 4].map((bytes) => randomBytes(bytes).toString('hex')).join('-')}`,
  }
}

export interface Parts {
  subject: Buffer
  key: KeyObject
  issuer: Buffer
  issuerKeys: Keys
  extensions: Buffer[]
  /** Days from now. */
  valid?: { from: number; to: number }
}

/** Returns the PEM of a certificate. */
export function certificate({ subject, key, issuer, issuerKeys, extensions, ...rest }: Parts): string {
  const { from, to } = rest.valid ?? { from: -1, to: 20 * 365 }
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    sha256WithRsa,
    issuer,
    sequence(utcTime(from), utcTime(to)),
    subject,
    key.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions, ...keyIds(key, issuerKeys.publicKey))),
  )
  return pem(sequence(toBeSigned, sha256WithRsa, bitString(sign('sha256', toBeSigned, issuerKeys.privateKey))))
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
const sequence = (...parts: Buffer[]) => tlv(0x30, ...parts)
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'))
const boolean = (value: boolean) => tlv(0x01, Buffer.from([value ? 0xff : 0]))
const bitString = (bytes: Buffer) => tlv(0x03, Buffer.from([0]), bytes)
const sha256WithRsa = sequence(oid('2a864886f70d01010b'), tlv(0x05))
export const name = (common: string) => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(common)))))
const extension = (id: string, critical: boolean, value: Buffer) =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), tlv(0x04, value))

export const authority = [
  extension('551d13', true, sequence(boolean(true))),
  extension('551d0f', true, tlv(0x03, Buffer.from([1, 0x06]))),
]
export const signer = (host: string) => [
  extension('551d13', true, sequence()),
  extension('551d0f', true, tlv(0x03, Buffer.from([7, 0x80]))),
  extension('551d11', false, sequence(tlv(0x82, Buffer.from(host)))),
]

function keyIds(subject: KeyObject, issuer: KeyObject): Buffer[] {
  const id = (key: KeyObject) =>
    createHash('sha1')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest()
  return [
    extension('551d0e', false, tlv(0x04, id(subject))),
    extension('551d23', false, sequence(tlv(0x80, id(issuer)))),
  ]
}

function utcTime(daysFromNow: number): Buffer {
  const digits = new Date(Date.now() + daysFromNow * 86_400_000).toISOString().replace(/\D/g, '')
  return tlv(0x17, Buffer.from(`${digits.slice(2, 14)}Z`))
}

const pem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
