import { command, type AdminCommand, type Rows } from '../command.ts'
import { queryUrl, temporalQueries } from './queries.ts'

const day = 86_400_000

/** Commands about Temporal UI. */
export const temporalUiCommands: Record<string, AdminCommand> = {
  queries: command(
    'List queries for Temporal UI: runs that wait for an operator, workflow tasks that fail, and others',
    {},
    ({ temporalUi }): Promise<Rows> => {
      const since = new Date(Date.now() - day).toISOString().replace(/\.\d+/, '')
      const rows = Object.entries(temporalQueries).map(([workflows, queryOf]) => {
        const query = queryOf(since)
        return { workflows, query, ...(temporalUi ? { url: queryUrl(temporalUi, query) } : {}) }
      })
      return Promise.resolve({ rows, nextCursor: null })
    },
  ),
}
