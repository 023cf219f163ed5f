import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts secrets before they are stored. */
export interface Sealing {
  /** Encrypts for one owner, with the newest key. The result differs each time. */
  seal(owner: string, secret: Uint8Array): Buffer
  /** Decrypts what was sealed for this owner with any of the keys. Throws a SealError otherwise. */
  open(owner: string, sealed: Uint8Array): Buffer
  /**
   * Encrypts with the newest key what an older one encrypted. Returns undefined if the newest did. Throws a SealError
   * if none of the keys decrypts it.
   */
  reseal(owner: string, sealed: Uint8Array): Buffer | undefined
}

export class SealError extends Error {
  override readonly name = 'SealError'
}

const cipher = 'aes-256-gcm'
/** Bytes: the form of what follows, the key's id, the nonce and the tag. */
const form = Buffer.from([1])
const sizes = { id: 4, nonce: 12, tag: 16 }
const headSize = form.length + sizes.id + sizes.nonce + sizes.tag

interface Key {
  id: Buffer
  key: Buffer
}

/**
 * Creates the encryption (AES-256-GCM) from texts of at least 32 characters: the first seals, all open. `purpose`
 * separates kinds of secrets: what is sealed for one does not open for another.
 */
export function createSealing(texts: readonly string[], purpose: string): Sealing {
  const keys = texts.map((text) => deriveKey(text, purpose))
  const associated = (owner: string) => Buffer.from(`${purpose}\0${owner}`)
  const [newest] = keys
  const sealing: Sealing = {
    seal(owner, secret) {
      if (!newest) throw new SealError('there is no key to seal a secret with')
      const nonce = randomBytes(sizes.nonce)
      const encryption = createCipheriv(cipher, newest.key, nonce).setAAD(associated(owner))
      const encrypted = Buffer.concat([encryption.update(secret), encryption.final()])
      return Buffer.concat([form, newest.id, nonce, encryption.getAuthTag(), encrypted])
    },
    open(owner, sealed) {
      const { id, nonce, tag, encrypted } = split(Buffer.from(sealed))
      const known = keys.find((each) => each.id.equals(id))
      if (!known) throw new SealError('the key that sealed a secret is not configured')
      const decryption = createDecipheriv(cipher, known.key, nonce, { authTagLength: sizes.tag })
      try {
        decryption.setAAD(associated(owner)).setAuthTag(tag)
        return Buffer.concat([decryption.update(encrypted), decryption.final()])
      } catch {
        throw new SealError('a sealed secret was changed, or belongs to another owner')
      }
    },
    reseal(owner, sealed) {
      const secret = sealing.open(owner, sealed)
      return newest?.id.equals(split(Buffer.from(sealed)).id) ? undefined : sealing.seal(owner, secret)
    },
  }
  return sealing
}

/** HKDF (RFC 5869) with SHA-256. The id tells keys apart without revealing them. */
function deriveKey(text: string, purpose: string): Key {
  const derive = (info: string, size: number) =>
    Buffer.from(hkdfSync('sha256', text, 'billing-onboarding', `${purpose}/${info}`, size))
  return { id: derive('id', sizes.id), key: derive('key', 32) }
}

function split(sealed: Buffer) {
  if (sealed.length < headSize || !sealed.subarray(0, form.length).equals(form))
    throw new SealError('a sealed secret has an unknown form')
  const [id, nonce, tag] = [sizes.id, sizes.nonce, sizes.tag].map((size, i, all) => {
    const start = form.length + all.slice(0, i).reduce((sum, each) => sum + each, 0)
    return sealed.subarray(start, start + size)
  })
  return { id: id!, nonce: nonce!, tag: tag!, encrypted: sealed.subarray(headSize) }
}
