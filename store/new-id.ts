import { typeidUnboxed } from 'typeid-js'
import { idPrefixes, type Kind } from '../domain/ids.ts'

/** A new id of this kind: prefix, then a UUIDv7 in base 32: sorted by time, 74 random bits. */
export const newId = (kind: Kind): string => typeidUnboxed(idPrefixes[kind])
