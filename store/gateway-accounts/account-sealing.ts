import { randomBytes } from 'node:crypto'
import type { GatewayAccount } from '../../domain/reference.ts'
import { createSealing, SealError } from '../database/sealing.ts'

/** A secret of a gateway account, by its name and number. */
export interface SecretPlace {
  name: string
  number: number
}

/**
 * Encrypts the secrets of gateway accounts. Each account has a random key of its own, which is encrypted with a key of
 * GATEWAY_KEYS. Account, environment, gateway, name and number are associated data: nothing opens in another place.
 */
export interface AccountSealing {
  /** Whether there is a key, so that accounts can be created. */
  readonly hasKey: boolean
  /** Returns a new key of an account, encrypted with the newest of GATEWAY_KEYS. */
  newKey(account: GatewayAccount): Buffer
  seal(account: GatewayAccount, wrappedKey: Uint8Array, place: SecretPlace, secret: string): Buffer
  /** Throws a SealError if none of the keys decrypts it, or it was changed or belongs elsewhere. */
  open(account: GatewayAccount, wrappedKey: Uint8Array, place: SecretPlace, sealed: Uint8Array): string
  /** Encrypts the account's key with the newest key. Returns undefined if that one did. Throws as `open`. */
  rewrap(account: GatewayAccount, wrappedKey: Uint8Array): Buffer | undefined
}

const ownerOf = ({ accountId, environment, gateway }: GatewayAccount) => `${accountId}|${environment}|${gateway}`

/** Creates the encryption from GATEWAY_KEYS: the first key encrypts, all decrypt. */
export function createAccountSealing(keys: readonly string[]): AccountSealing {
  const wrapping = createSealing(keys, 'gateway-account')
  const sealingOf = (account: GatewayAccount, wrappedKey: Uint8Array) =>
    createSealing([wrapping.open(ownerOf(account), wrappedKey).toString('hex')], 'gateway-secret')
  const placeOf = (account: GatewayAccount, { name, number }: SecretPlace) => `${ownerOf(account)}|${name}|${number}`
  return {
    hasKey: keys.length > 0,
    newKey: (account) => wrapping.seal(ownerOf(account), randomBytes(32)),
    seal: (account, wrappedKey, place, secret) =>
      sealingOf(account, wrappedKey).seal(placeOf(account, place), Buffer.from(secret)),
    open: (account, wrappedKey, place, sealed) =>
      sealingOf(account, wrappedKey).open(placeOf(account, place), sealed).toString(),
    rewrap: (account, wrappedKey) => wrapping.reseal(ownerOf(account), wrappedKey),
  }
}

/** Returns whether an error says that secrets cannot be decrypted. */
export const isSealError = (error: unknown): error is SealError => error instanceof SealError
