import { httpUrl } from './variable-forms.ts'

/** The URL of the API as an option or a variable: its errors do not repeat the text, which could contain a password. */
export const apiUrl = httpUrl({ path: true })

/** Returns the URL of the API in the first of these variables that is set. Throws an Error that names the variable. */
export function apiUrlIn(env: NodeJS.ProcessEnv, names: string[]): string | undefined {
  const name = names.find((each) => env[each])
  const { data, error } = apiUrl.optional().safeParse(name && env[name])
  if (error) throw new Error(`${name} ${error.issues[0]!.message}`)
  return data
}
