import { authority, certificate, name, newPair, signer } from '../../../tools/simulators/paypal/certificates.ts'

export interface ServerCertificate {
  key: string
  cert: string
}

/** A certificate authority. */
export interface Authority {
  /** PEM of the certificate to trust. */
  root: string
  issue(host: string, valid?: { from: number; to: number }): Promise<ServerCertificate>
  /** A certificate that only itself vouches for. */
  selfSigned(host: string): Promise<ServerCertificate>
}

export async function createAuthority(): Promise<Authority> {
  const keys = await newPair()
  const issuer = name('Test Root')
  const root = certificate({
    subject: issuer,
    key: keys.publicKey,
    issuer,
    issuerKeys: keys,
    extensions: authority,
  })
  const make = async (host: string, { self = false, valid = { from: -1, to: 30 } } = {}) => {
    const own = await newPair()
    const subject = name(host)
    const by = self ? { issuer: subject, issuerKeys: own } : { issuer, issuerKeys: keys }
    const cert = certificate({ subject, key: own.publicKey, ...by, extensions: signer(host), valid })
    return { cert, key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }
  return {
    root,
    issue: (host, valid) => make(host, valid && { valid }),
    selfSigned: (host) => make(host, { self: true }),
  }
}
