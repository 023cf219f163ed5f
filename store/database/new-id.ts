import { fromUUID, toUUID, typeidUnboxed } from 'typeid-js'
import { idPrefixes, type Kind } from '../../domain/text/ids.ts'

/** Returns a new id: a prefix and a UUIDv7 in base 32, sorted by time, with 74 random bits. */
export const newId = (kind: Kind): string => typeidUnboxed(idPrefixes[kind])

/** Returns the id of this kind for a UUIDv7. Deterministic. */
export const idFrom = (kind: Kind, uuid: string): string => fromUUID(uuid, idPrefixes[kind])

/** Returns a new UUIDv7. */
export const newUuid = (): string => toUUID(typeidUnboxed('id'))
