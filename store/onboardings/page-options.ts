import { differingOptions, returnUrlProblem, type PageChanges, type PageOptions } from '../../domain/hosted-page.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { Sql } from '../database/database.ts'
import { apiName } from '../events/changed-fields.ts'

/** The page options of an onboarding `o`, as JSON. */
export const pageOptionsOf = (sql: Sql) => sql`
  json_build_object('locale', o.page_locale, 'returnUrl', o.return_url, 'cancelUrl', o.cancel_url,
    'onCompletion', o.on_completion, 'theme', o.page_theme)`

/** Returns the columns for the options that are not undefined. */
export function pageColumns({ locale, theme, ...rest }: PageChanges): Record<string, string | null> {
  const columns = { pageLocale: locale, pageTheme: theme, ...rest }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as Record<
    string,
    string | null
  >
}

/** The names of options in events, such as `page.return_url`. */
export const optionNames = (changes: PageChanges): string[] =>
  Object.keys(changes).map((option) => `page.${apiName(option)}`)

/** Returns the options after a change. Throws `invalid_request` if they do not fit together. */
export function requireOptions(current: PageOptions, changes: PageChanges = {}): PageOptions {
  const options = { ...current, ...differingOptions(current, changes) }
  const problem = returnUrlProblem(options)
  if (problem) throw invalid('page.return_url', problem)
  return options
}
