import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'

const longestChain = 5
let systemRoots: X509Certificate[] | undefined

const isCurrent = ({ validFrom, validTo }: X509Certificate, now: Date) =>
  new Date(validFrom) <= now && now <= new Date(validTo)

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate) =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/** Parses the certificates of a PEM file, at most `longestChain`. Throws if one is invalid. */
export function parseChain(pem: string): X509Certificate[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  return found.slice(0, longestChain).map((each) => new X509Certificate(each))
}

/**
 * Returns whether a chain, leaf first, belongs to `host`, is valid now, and ends at a root that this machine trusts or
 * at one of `moreRoots`.
 */
export function isTrusted(chain: X509Certificate[], host: string, moreRoots: X509Certificate[], now: Date): boolean {
  const [leaf, ...others] = chain
  if (!leaf || leaf.ca || !isOf(leaf, host)) return false
  systemRoots ??= rootCertificates.map((pem) => new X509Certificate(pem))
  const roots = [...moreRoots, ...systemRoots].filter((root) => isCurrent(root, now))
  let current = leaf
  for (let length = 0; length < longestChain && isCurrent(current, now); length++) {
    if (roots.some((root) => isIssuedBy(current, root))) return true
    const issuer = others.find((other) => other !== current && isIssuedBy(current, other))
    if (!issuer) return false
    current = issuer
  }
  return false
}

const isOf = (leaf: X509Certificate, host: string) =>
  leaf.subject.split('\n').includes(`CN=${host}`) && leaf.checkHost(host, { wildcards: false }) !== undefined
