import { resources } from '../../../domain/tenant/scopes.ts'

/** What the native API lists under `/v1/`: all resources but settings, of which there is one for each tenant. */
export const nativeLists = resources.filter((name) => name !== 'settings')
