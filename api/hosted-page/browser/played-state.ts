import { playedStates, type PlayedState } from '../../../domain/tenant/page-previews.ts'
import { page } from './page-data.ts'

const name = page.path?.replace('preview:', '') ?? ''

/** The state that this preview plays; undefined if the server has drawn all of it. */
export const playedState = Object.keys(playedStates).includes(name) ? (name as PlayedState) : undefined
