import { fromUUID, toUUID, typeidUnboxed } from 'typeid-js'
import { idPrefixes, type Kind } from '../../domain/text/ids.ts'

/** A new id of this kind: prefix, then a UUIDv7 in base 32: sorted by time, 74 random bits. */
export const newId = (kind: Kind): string => typeidUnboxed(idPrefixes[kind])

/** The id of this kind that goes with a UUID (version 7): always the same one. */
export const idFrom = (kind: Kind, uuid: string): string => fromUUID(uuid, idPrefixes[kind])

/** A UUID, version 7. */
export const newUuid = (): string => toUUID(typeidUnboxed('id'))
