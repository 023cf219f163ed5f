import { resources } from '../../../domain/tenant/scopes.ts'

/** The native API's lists under `/v1/`: all resources except settings, of which each tenant has one. */
export const nativeLists = resources.filter((name) => name !== 'settings')
